/**
 * A private Postgres from npm's binaries: data in a folder, a random password, 127.0.0.1 only.
 * A server left running by a killed parent is adopted; a stopped one starts again on its data.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { chooseAccount } from './account.js';
import { findBinaries } from './binaries.js';
import { readConnection, writeConnection, type Connection } from './connection-file.js';
import { checkVersion, createCluster, hasCluster, ROLE } from './create-cluster.js';
import { findFreePort } from './free-port.js';
import { placeBinaries, placeCluster } from './placement.js';
import { isFileError, PostgresError } from './postgres-error.js';
import { findPostmaster, forgetReusedPid } from './postmaster.js';
import { runServer, stopServer, waitForReady, watchServer, type ServerStart } from './server.js';
import { withStartLock } from './start-lock.js';

export interface PostgresOptions {
  /** Made when missing. Holds the data, or where the data lies (see placement.ts). */
  dataFolder: string;
  /** Default: the port of the last start if it is free, else a free one. */
  port?: number;
  /** Default: `server.log` in the data folder. */
  logFile?: string;
}

export interface RunningPostgres {
  /** With role, password and the database `capgrid`. */
  url: string;
  port: number;
  pid: number;
  /** It ran already and was found by its pid file. */
  isAdopted: boolean;
  /** Resolves when the server has ended, by whatever cause. */
  ended: Promise<void>;
  /** Fast shutdown: ends all sessions, loses nothing. */
  stop(): Promise<void>;
  /** Stops it and deletes all its data, wherever they lie; for tests. */
  remove(): Promise<void>;
}

const DATABASE = 'capgrid';
/** Between finding a free port and using it another process may take it. */
const PORT_TRIES = 5;

export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataFolder = resolve(options.dataFolder);
  await makeFolder(dataFolder);
  return withStartLock(dataFolder, () => startOrAdopt(dataFolder, options));
}

/**
 * Stops the server that runs on a data folder, whoever started it.
 * @returns whether there was one
 */
export async function stopPostgres(options: { dataFolder: string }): Promise<boolean> {
  const dataFolder = resolve(options.dataFolder);
  const connection = await readConnection(dataFolder);
  if (connection === null) return false;
  const cluster = clusterOf(dataFolder, connection);
  const postmaster = await findPostmaster(cluster);
  if (postmaster !== null) await stopServer(cluster, postmaster.pid);
  return postmaster !== null;
}

async function startOrAdopt(dataFolder: string, options: PostgresOptions) {
  const known = await readConnection(dataFolder);
  const adopted = known === null ? null : await adopt(dataFolder, known);
  if (adopted !== null) return adopted;
  const account = await chooseAccount(known === null ? null : clusterOf(dataFolder, known));
  const binaries = await placeBinaries(await findBinaries(), account);
  const connection = known ?? {
    version: 1,
    password: randomBytes(24).toString('base64url'),
    port: null,
    cluster: await placeCluster(dataFolder, account),
  };
  const cluster = clusterOf(dataFolder, connection);
  if (known === null) await writeConnection(dataFolder, connection);
  if (!(await hasCluster(cluster))) {
    await createCluster({ binaries, cluster, account, password: connection.password });
  }
  await checkVersion(cluster);
  await forgetReusedPid(cluster);
  const logFile = options.logFile ?? join(dataFolder, 'server.log');
  const { port, pid } = await runOnPort(
    { binaries, cluster, account, logFile },
    connection,
    options,
  );
  await writeConnection(dataFolder, { ...connection, port });
  await createDatabase(urlOf(connection, port, 'postgres'));
  return toRunning(connection, { dataFolder, cluster, port, pid, isAdopted: false });
}

/** The server that runs on the data already, if there is one and it knows the password. */
async function adopt(dataFolder: string, connection: Connection): Promise<RunningPostgres | null> {
  const cluster = clusterOf(dataFolder, connection);
  if ((await findPostmaster(cluster)) === null || !(await waitForReady(cluster))) return null;
  const postmaster = await findPostmaster(cluster);
  if (postmaster === null || postmaster.port === null) return null;
  const { pid, port } = postmaster;
  await createDatabase(urlOf(connection, port, 'postgres'));
  return toRunning(connection, { dataFolder, cluster, port, pid, isAdopted: true });
}

async function runOnPort(
  start: Omit<ServerStart, 'port'>,
  connection: Connection,
  options: PostgresOptions,
): Promise<{ port: number; pid: number }> {
  if (options.port !== undefined) {
    return { port: options.port, pid: await runServer({ ...start, port: options.port }) };
  }
  for (let attempt = 0; ; attempt += 1) {
    const port = attempt === 0 && connection.port !== null ? connection.port : await findFreePort();
    try {
      return { port, pid: await runServer({ ...start, port }) };
    } catch (cause) {
      const isTaken = cause instanceof PostgresError && cause.code === 'port-taken';
      if (!isTaken || attempt === PORT_TRIES) throw cause;
    }
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function toRunning(
  connection: Connection,
  server: { dataFolder: string; cluster: string; port: number; pid: number; isAdopted: boolean },
): RunningPostgres {
  const { dataFolder, cluster, port, pid, isAdopted } = server;
  const url = urlOf(connection, port, DATABASE);
  const stopping = new AbortController();
  const ended = watchServer(cluster, pid, stopping.signal);
  const stop = async () => {
    await stopServer(cluster, pid);
    stopping.abort();
  };
  const remove = async () => {
    await stop();
    await rm(cluster, { recursive: true, force: true });
    await rm(dataFolder, { recursive: true, force: true });
  };
  return { url, port, pid, isAdopted, ended, stop, remove };
}

function urlOf({ password }: Connection, port: number, database: string): string {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
}

function clusterOf(dataFolder: string, { cluster }: Connection): string {
  return cluster ?? join(dataFolder, 'cluster');
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const isRefused = ['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST'].some((code) =>
      isFileError(cause, code),
    );
    if (!isRefused) throw cause;
    const message = `Cannot make the folder ${folder}. Give this user write permission or set CAPGRID_HOME.`;
    throw new PostgresError('folder-not-usable', message, { cause });
  }
}
