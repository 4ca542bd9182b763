/** The checks of `capgrid doctor`. Each really uses what it checks. */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateScenes, openFileStore } from '@capgrid/data';
import { askVersion, startPostgres } from '@capgrid/postgres';
import type { Context } from '../context.js';
import { checkPort } from '../stack/check-port.js';
import { findStack } from '../stack/find-stack.js';
import { postgresFolder } from '../stack/own-postgres.js';
import { checkEngine } from './check-engine.js';
import { checkScoring } from './check-scoring.js';
import { pingRedis } from './ping-redis.js';
import { tell } from './tell.js';

export interface Check {
  name: string;
  /** @returns what was found; throws an error whose message says what to do */
  run: (context: Context) => Promise<string>;
}

export const CHECKS: readonly Check[] = [
  { name: 'Node', run: checkNode },
  { name: 'npm packages', run: checkPackages },
  { name: 'write access', run: checkHome },
  { name: 'disk space', run: checkDisk },
  { name: 'ports', run: checkPorts },
  { name: 'Postgres', run: checkPostgres },
  { name: 'queue', run: checkQueue },
  { name: 'tensor engine', run: checkEngine },
  { name: 'scoring', run: checkScoring },
  { name: 'image codec', run: checkCodec },
  { name: 'dashboard', run: checkDashboard },
];

const run = promisify(execFile);

/** Database, demo data and features take well under 1 GiB; imported images come on top. */
const LEAST_FREE_BYTES = 2 * 1024 ** 3;
const LEAST_NODE = { major: 20, minor: 19 };

async function checkNode(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld =
    major < LEAST_NODE.major || (major === LEAST_NODE.major && minor < LEAST_NODE.minor);
  if (!isOld) return process.versions.node;
  throw new Error(`${process.versions.node} is too old: install Node.js 20.19 or newer`);
}

async function checkPackages({ root }: Context): Promise<string> {
  try {
    await run(process.execPath, [join(root, 'apps/cli/launch/is-installed.mjs'), root]);
    return 'as in package-lock.json';
  } catch (cause) {
    throw new Error('not as in package-lock.json: run npm ci', { cause });
  }
}

async function checkHome({ env }: Context): Promise<string> {
  const probe = join(env.home, `doctor-${process.pid}`);
  try {
    await mkdir(env.home, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    return env.home;
  } catch (cause) {
    const remedy = 'give this user write permission or set CAPGRID_HOME';
    throw new Error(`${env.home} cannot be written: ${remedy}`, { cause });
  }
}

async function checkDisk({ env }: Context): Promise<string> {
  const { bavail, bsize } = await statfs(env.home);
  const text = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free at ${env.home}`;
  if (bavail * bsize >= LEAST_FREE_BYTES) return text;
  throw new Error(`${text}, at least 2 are needed: free some, or set CAPGRID_HOME to another disk`);
}

async function checkPorts({ env }: Context): Promise<string> {
  if (findStack(env.home).kind === 'running') return 'in use by the stack of this folder';
  await checkPort({ part: 'API', port: env.apiPort, variable: 'CAPGRID_API_PORT' });
  const variable = 'CAPGRID_DASHBOARD_PORT';
  await checkPort({ part: 'dashboard', port: env.dashboardPort, variable });
  return `${env.apiPort} and ${env.dashboardPort} are free`;
}

async function checkPostgres({ env }: Context): Promise<string> {
  if (env.databaseUrl !== null) {
    const { host } = new URL(env.databaseUrl);
    try {
      return `${await askVersion(env.databaseUrl)} at ${host}, from DATABASE_URL`;
    } catch (cause) {
      const remedy = 'start that server or correct DATABASE_URL';
      throw new Error(`${host} does not answer (${tell(cause)}): ${remedy}`, { cause });
    }
  }
  const server = await startPostgres({ dataFolder: postgresFolder(env.home) });
  try {
    const state = server.isAdopted ? 'runs' : 'starts';
    return `${await askVersion(server.url)}, embedded, ${state} on 127.0.0.1:${server.port}`;
  } finally {
    if (!server.isAdopted) await server.stop();
  }
}

async function checkQueue({ env }: Context): Promise<string> {
  const { queueUrl } = env;
  if (queueUrl === null) return 'in Postgres';
  const { host, protocol } = new URL(queueUrl);
  try {
    if (protocol.startsWith('postgres')) return `Postgres ${await askVersion(queueUrl)} at ${host}`;
    await pingRedis(queueUrl);
    return `Redis at ${host} answers`;
  } catch (cause) {
    const remedy = 'start that server or correct QUEUE_URL';
    throw new Error(`${host} does not answer (${tell(cause)}): ${remedy}`, { cause });
  }
}

async function checkCodec(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capgrid-doctor-'));
  try {
    const store = await openFileStore(folder);
    const { images } = await generateScenes(store, { seed: 1, train: 1, val: 1, test: 1 });
    return `${images.length} images encoded as JPEG`;
  } catch (cause) {
    throw new Error(`sharp does not work (${tell(cause)}): run npm ci`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkDashboard({ root }: Context): Promise<string> {
  try {
    await access(join(root, 'apps/dashboard/.next/BUILD_ID'), constants.R_OK);
    return 'built';
  } catch {
    // Nothing is wrong: the launcher builds it when it is first needed.
    return 'is built by the first ./capgrid up';
  }
}
