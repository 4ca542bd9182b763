/**
 * The trainer as it is started, built and whole, on both queues. The API is a double that speaks the
 * contract; the database, the queue, the processes and the work are real.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  FailRequest,
  TASK_QUEUE,
  type FeaturesWork,
  type TrainingWork,
  type Work,
} from '@capgrid/contracts';
import { startPostgres, type RunningPostgres } from '@capgrid/postgres';
import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runTask } from './run-task.js';
import { startContractServer, type ContractServer } from './testing/contract-server.js';
import { trainingWorkOf } from './testing/work-of.js';
import {
  makeTinyDataset,
  NO_SCORING_FILES,
  tinySpec,
  type TinyDataset,
} from './testing/tiny-dataset.js';

const MAIN = join(import.meta.dirname, '../dist/main.js');
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const HOUR_OF_STEPS = 1_000_000;
const HEARTBEAT_MS = 200;

let home: string;
let data: TinyDataset;
let longTraining: TrainingWork;
let shortFeatures: FeaturesWork;

beforeAll(async () => {
  const tiny = await makeTinyDataset();
  // The store of a trainer is the folder `store` of its home.
  home = await mkdtemp(join(tmpdir(), 'capgrid-home-'));
  await rename(tiny.folder, join(home, 'store'));
  data = tiny;
  const { encoder } = tinySpec();
  const datasetDigest = data.digest;
  shortFeatures = {
    kind: 'features',
    datasetDigest,
    limit: 12,
    encoder,
    plan: null,
    precomputedSha256: null,
  };
  const features = await runTask(
    { ...shortFeatures, limit: null },
    {
      store: join(home, 'store'),
      engine: 'wasm',
      engineOptions: { threads: 1, device: null, strictFloat32: false },
      scoringFiles: NO_SCORING_FILES,
      stop: new AbortController().signal,
      tell: async () => {},
    },
  );
  if (features === 'stopped' || features.kind !== 'features') throw new Error('no features');
  const spec = tinySpec({ maxSteps: HOUR_OF_STEPS });
  spec.schedule.maxEpochs = 10_000;
  // Neither the schedule nor an early stop may end it.
  spec.schedule.stopAfter = HOUR_OF_STEPS;
  const { featuresSha256 } = features;
  longTraining = trainingWorkOf({ spec, datasetDigest, featuresSha256 });
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

it('names every problem of its environment and exits with 2', () => {
  const env = { ...process.env, QUEUE_URL: 'mysql://x', TRAINER_CONCURRENCY: 'many' };
  const { status, stderr } = spawnSync(process.execPath, [MAIN], { env, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('QUEUE_URL');
  expect(stderr).toContain('TRAINER_CONCURRENCY is "many"');
});

it('names the setting whose file cannot be read and exits with 2', () => {
  const env = {
    ...process.env,
    QUEUE_URL: 'redis://127.0.0.1',
    CAPGRID_SPICE_JAR: join(home, 'spice-1.0.jar'),
  };
  const { status, stderr } = spawnSync(process.execPath, [MAIN], { env, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('CAPGRID_SPICE_JAR names a file that cannot be read (ENOENT');
});

it('names each setting for scoring that cannot work, with a remedy, and exits with 2', async () => {
  const table = join(home, 'garbage.gz');
  const jar = join(home, 'empty.jar');
  await writeFile(table, 'no gzip');
  await writeFile(jar, '');
  const start = (settings: Record<string, string>) =>
    spawnSync(process.execPath, [MAIN], {
      env: { ...process.env, QUEUE_URL: 'redis://127.0.0.1', ...settings },
      encoding: 'utf8',
    });
  const files = start({ CAPGRID_METEOR_PARAPHRASES: table, CAPGRID_SPICE_JAR: jar });
  expect(files.status).toBe(2);
  expect(files.stderr).toMatch(
    /CAPGRID_METEOR_PARAPHRASES is ".*garbage\.gz": .* it is not gzip\. Pass METEOR's .*unset CAPGRID_METEOR_PARAPHRASES\.\n/,
  );
  expect(files.stderr).toMatch(
    /CAPGRID_SPICE_JAR is ".*empty\.jar": .* is empty\. Give the path .*unset CAPGRID_SPICE_JAR\.\n/,
  );

  await writeFile(jar, 'PK\u0003\u0004');
  const java = start({ CAPGRID_SPICE_JAR: jar, JAVA_HOME: home });
  expect(java.status).toBe(2);
  expect(java.stderr).toMatch(
    /CAPGRID_SPICE_JAR is ".*empty\.jar": Java cannot be started as ".*java".* Install Java 8 or 11/,
  );
});

interface TestQueue {
  url: string;
  ring(taskId: string): Promise<void>;
  /** Messages that are neither done nor failed. */
  left(): Promise<number>;
  stop(): Promise<void>;
}

let server: ContractServer;
let trainer: ChildProcess | null = null;

afterEach(async () => {
  trainer?.kill('SIGKILL');
  trainer = null;
  await server?.close();
});

async function startTrainer(queue: TestQueue, work: Work): Promise<ChildProcess> {
  server = await startContractServer({ work, heartbeatEveryMs: HEARTBEAT_MS });
  const started = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      QUEUE_URL: queue.url,
      API_URL: server.url,
      CAPGRID_HOME: home,
      TRAINER_CONCURRENCY: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  trainer = started;
  let log = '';
  started.stdout.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  while (!log.includes('trainer.ready')) await once(started.stdout, 'data');
  return started;
}

const queues: [string, () => Promise<TestQueue>, boolean][] = [
  ['Postgres', startPostgresQueue, true],
  ['Redis', startRedisQueue, hasRedis],
];

describe.each(queues)('a trainer on %s', (_, start, isThere) => {
  let queue: TestQueue;
  beforeAll(async () => {
    if (isThere) queue = await start();
  });
  afterAll(async () => {
    if (isThere) await queue.stop();
  });
  const test = it.skipIf(!isThere);

  test('works off a message and lets a second one for the same task pass', async () => {
    await startTrainer(queue, shortFeatures);
    await queue.ring('quick');
    expect(await server.seen('finish')).toMatchObject({ result: { kind: 'features', images: 12 } });
    await until(async () => (await queue.left()) === 0);
    await queue.ring('quick');
    await until(async () => (await queue.left()) === 0);
    expect(server.writes.filter(({ name }) => name === 'finish')).toHaveLength(1);
  });

  test('hands its task back with a checkpoint and exits with 0 on SIGTERM', async () => {
    const { spec } = longTraining;
    // So that the only checkpoint is that of the stop.
    const schedule = { ...spec.schedule, checkpointEvery: HOUR_OF_STEPS };
    const started = await startTrainer(queue, { ...longTraining, spec: { ...spec, schedule } });
    await queue.ring('stopped');
    await server.seen('points');
    started.kill('SIGTERM');
    const [code]: unknown[] = await once(started, 'exit');
    expect(code).toBe(0);
    // A heartbeat may come between the two.
    const written = server.writes.map(({ name }) => name).filter((name) => name !== 'heartbeat');
    expect(written.slice(-2)).toEqual(['checkpoints', 'cancelled']);
    expect(await server.seen('cancelled')).toEqual({ token: 'token-1' });
  });
});

describe('a trainer in trouble', () => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await startPostgresQueue();
  });
  afterAll(async () => {
    await queue.stop();
  });

  it('reports a child that was killed, and goes on with the next task', async () => {
    const { pid } = await startTrainer(queue, longTraining);
    await queue.ring('killed');
    await server.seen('points', 2);
    for (const child of childrenOf(pid)) process.kill(child, 'SIGKILL');
    const { failure } = FailRequest.parse(await server.seen('fail'));
    expect(failure).toMatchObject({ code: 'child-crashed', isRetryable: true });
    expect(failure.message).toContain('SIGKILL');
    server.work = shortFeatures;
    await queue.ring('after');
    expect(await server.seen('finish')).toMatchObject({ result: { kind: 'features' } });
  });

  it('takes its child along when it is killed itself', async () => {
    const { pid } = await startTrainer(queue, longTraining);
    await queue.ring('orphaned');
    await server.seen('points', 2);
    const children = childrenOf(pid);
    expect(children).toHaveLength(1);
    process.kill(pid ?? 0, 'SIGKILL');
    await until(async () => children.every((child) => !existsSync(`/proc/${child}`)));
  });

  it('writes nothing more when it wakes up after its lease', async () => {
    const { pid } = await startTrainer(queue, longTraining);
    await queue.ring('suspended');
    await server.seen('points', 2);
    const children = childrenOf(pid);
    process.kill(pid ?? 0, 'SIGSTOP');
    // Nothing tells of time passing for a process that stands still.
    await delay(6 * HEARTBEAT_MS);
    const written = server.writes.length;
    process.kill(pid ?? 0, 'SIGCONT');
    await until(async () => children.every((child) => !existsSync(`/proc/${child}`)));
    server.work = shortFeatures;
    await queue.ring('awake');
    await server.seen('finish');
    const late = server.writes.slice(written).map(({ name }) => name);
    expect(late.slice(0, 1)).toEqual(['claim']);
  });
});

/** No event tells of these; the wait is bounded by the test's timeout. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(50);
}

function childrenOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

async function startPostgresQueue(): Promise<TestQueue> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'capgrid-trainer-pg-'));
  const postgres: RunningPostgres = await startPostgres({ dataFolder });
  const connection = { connectionString: postgres.url, migrate: true };
  const queue = new (withBackend(createPostgresBackend).Queue)(TASK_QUEUE, { connection });
  return {
    url: postgres.url,
    ring: async (taskId) => {
      await queue.add('task', { taskId }, { jobId: taskId });
    },
    left: () => queue.count().then(async (count) => count + (await queue.getActiveCount())),
    stop: async () => {
      await queue.close();
      await postgres.remove();
    },
  };
}

async function startRedisQueue(): Promise<TestQueue> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'capgrid-trainer-redis-'));
  await mkdir(folder, { recursive: true });
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const redis = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  redis.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!said.includes('Ready to accept connections')) await once(redis.stdout, 'data');
  const url = `redis://127.0.0.1:${port}`;
  const queue = new Queue(TASK_QUEUE, { connection: { url } });
  return {
    url,
    ring: async (taskId) => {
      await queue.add('task', { taskId }, { jobId: taskId });
    },
    left: async () => (await queue.count()) + (await queue.getActiveCount()),
    stop: async () => {
      await queue.close();
      redis.kill();
      await once(redis, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
