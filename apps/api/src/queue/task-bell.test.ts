import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callApi, routes, TASK_QUEUE, TaskMessage } from '@capgrid/contracts';
import { createPostgresBackend, Queue, setDefaultBackendFactory, Worker } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { finishAll, queuedTasks } from '../testing/fake-trainer.js';
import { registerScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';
import { TaskBell } from './task-bell.js';

const REDIS_SERVER = 'redis-server';
const hasRedis = spawnSync(REDIS_SERVER, ['--version']).status === 0;
if (!hasRedis) console.warn('skipped: the queue on Redis needs redis-server on the PATH');

type Backend = {
  /** Null: the queue lies in the database of the API. */
  start(): Promise<{ url: string | null; stop(): Promise<void> }>;
};
const backends: Record<string, Backend> = {
  Postgres: { start: async () => ({ url: null, stop: async () => {} }) },
  ...(hasRedis && { Redis: { start: () => startRedis() } }),
};

describe.each(Object.entries(backends))('the queue on %s', (_name, backend) => {
  let api: TestApi;
  let server: { url: string | null; stop(): Promise<void> };
  beforeAll(async () => {
    server = await backend.start();
    api = await startTestApi({ queueUrl: server.url });
    await registerScenes(api);
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
  });

  const connection = () =>
    server.url === null
      ? { connectionString: api.env.databaseUrl, migrate: true }
      : { url: server.url };
  const openQueue = (): Queue => {
    setDefaultBackendFactory(server.url === null ? createPostgresBackend : undefined);
    return new Queue(TASK_QUEUE, { connection: connection() });
  };
  /** Ids of the tasks that a worker hears of, up to `count`. */
  const listen = async (count: number): Promise<string[]> => {
    const heard: string[] = [];
    setDefaultBackendFactory(server.url === null ? createPostgresBackend : undefined);
    const worker = new Worker(
      TASK_QUEUE,
      async (job) => {
        heard.push(TaskMessage.parse(job.data).taskId);
      },
      { connection: connection() },
    );
    while (heard.length < count) await once(worker, 'completed');
    await worker.close();
    return heard;
  };

  test('a launch calls for what is queued, and finished work for what it lets go', async () => {
    await callApi(api.client, routes.launchSweep, { body: { spec: sweepOf() } });
    const [features = ''] = await queuedTasks(api);
    expect(await listen(1)).toEqual([features]);
    await finishAll(api);
    expect(await listen(6)).toHaveLength(6);
    expect(await queuedTasks(api)).toEqual([]);
  });

  test('ringing twice is one message; a lost message is sent again', async () => {
    const bell = api.app.get(TaskBell);
    const spec = sweepOf({ base: { encoder: { kind: 'scenes-cnn', seed: 2 } } });
    await callApi(api.client, routes.launchSweep, { body: { spec } });
    const [taskId = ''] = await queuedTasks(api);
    const longAgo = (): Promise<unknown> =>
      api.database.query("UPDATE tasks SET rung_at = now() - interval '2 min' WHERE id = $1", [
        taskId,
      ]);
    await longAgo();
    await bell.ringAgain();
    const queue = openQueue();
    expect(await queue.count()).toBe(1);
    await queue.drain();
    expect(await queue.count()).toBe(0);
    await bell.ringAgain(); // too early: the message was sent a moment ago
    expect(await queue.count()).toBe(0);
    await longAgo();
    await bell.ringAgain();
    expect(await queue.count()).toBe(1);
    await queue.close();
    expect(await listen(1)).toEqual([taskId]);
  });

  test('readyz names the queue among its parts', async () => {
    const health = await callApi(api.client, routes.readyz);
    expect(health).toMatchObject({
      status: 'ok',
      parts: { postgres: 'ok', queue: 'ok', store: 'ok' },
    });
  });
});

test('a launch while Redis is away succeeds and is rung for afterwards', async ({ skip }) => {
  skip(!hasRedis, 'no redis-server on the PATH');
  const redis = await startRedis();
  const api = await startTestApi({ queueUrl: redis.url });
  await registerScenes(api);
  await redis.stop();
  const sweep = await callApi(api.client, routes.launchSweep, { body: { spec: sweepOf() } });
  expect(sweep.progress.status).toBe('running');
  await expect(callApi(api.client, routes.readyz)).rejects.toMatchObject({ status: 503 });
  const rungAt = async (): Promise<unknown> =>
    api.database.query("SELECT rung_at FROM tasks WHERE status = 'queued'");
  expect(await rungAt()).toEqual([{ rung_at: null }]);
  const again = await startRedis(Number(new URL(redis.url).port));
  await vi.waitFor(
    async () => {
      await api.app.get(TaskBell).ringNew();
      expect(await rungAt()).not.toEqual([{ rung_at: null }]);
    },
    { timeout: 20_000 },
  );
  await api.close();
  await again.stop();
});

async function startRedis(
  port: number | null = null,
): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'capgrid-redis-'));
  port ??= await freePort();
  const server: ChildProcess = spawn(
    REDIS_SERVER,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise<void>((resolve) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept connections')) resolve();
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      server.kill('SIGTERM');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
