import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConnection, writeConnection } from './connection-file.js';
import { findFreePort } from './free-port.js';
import { startPostgres, stopPostgres, type RunningPostgres } from './start-postgres.js';

const isRoot = process.getuid?.() === 0;

let folder: string;
let dataFolder: string;
let running: RunningPostgres[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-postgres-'));
  // mkdtemp closes the folder to others; as root the server's user must get in.
  await chmod(folder, 0o755);
  dataFolder = join(folder, 'data');
  running = [];
});

afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: { port?: number; logFile?: string } = {}): Promise<RunningPostgres> {
  const server = await startPostgres({ dataFolder, ...options });
  running.push(server);
  return server;
}

async function ask(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

test('a new data folder gives an empty UTF-8 database on 127.0.0.1 behind a password', async () => {
  const server = await start();

  expect(await ask(server.url, 'SHOW listen_addresses')).toEqual([
    { listen_addresses: '127.0.0.1' },
  ]);
  expect(await ask(server.url, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  const wrong = server.url.replace(/:[^:@]+@/, ':wrong@');
  await expect(ask(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
  const { mode } = await stat(join(dataFolder, 'connection.json'));
  expect((mode & 0o777).toString(8)).toBe('600');
});

test('rows survive stop and start, on the same port', async () => {
  const first = await start();
  await ask(first.url, 'CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (42)');
  await first.stop();
  await first.ended;

  const second = await start();

  expect(second.url).toBe(first.url);
  expect(second.isAdopted).toBe(false);
  expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
});

test('the folder of the log is made when missing', async () => {
  const logFile = join(folder, 'logs', 'postgres.log');

  await start({ logFile });

  expect(await readFile(logFile, 'utf8')).toContain('ready to accept connections');
});

test('a server that runs already is adopted, and its adopter can stop it', async () => {
  const first = await start();

  const second = await start();

  expect({ pid: second.pid, isAdopted: second.isAdopted }).toEqual({
    pid: first.pid,
    isAdopted: true,
  });
  await second.stop();
  await expect(ask(first.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('a server can be stopped by its data folder alone', async () => {
  const server = await start();

  expect(await stopPostgres({ dataFolder })).toBe(true);
  await server.ended;
  expect(await stopPostgres({ dataFolder })).toBe(false);
});

test('two starts at once share one server', async () => {
  const [first, second] = await Promise.all([start(), start()]);

  expect(first.pid).toBe(second.pid);
});

test('a killed server is noticed, and the next start recovers its data', async () => {
  const first = await start();
  await ask(first.url, 'CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (7)');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;

  const second = await start();

  expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

test('a start after a kill waits for a session that outlives its server', async () => {
  const first = await start();
  await ask(first.url, 'CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (7)');
  const session = new pg.Client({ connectionString: first.url });
  session.on('error', () => undefined);
  await session.connect();
  const asked = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const backend = asked.rows[0]?.pid ?? 0;
  // A session that waits notices the end of its server at once; a stopped one cannot.
  process.kill(backend, 'SIGSTOP');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;

  const starting = start();
  const log = () => readFile(join(dataFolder, 'server.log'), 'utf8');
  await expect.poll(log, { timeout: 20_000 }).toMatch(/shared memory block .* still in use/);
  process.kill(backend, 'SIGCONT');
  const second = await starting;

  expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

test('looking for a server leaves the pid file of a killed one for Postgres to judge', async () => {
  const first = await start();
  const pidFile = join(dataFolder, 'cluster', 'postmaster.pid');
  const before = await readFile(pidFile, 'utf8');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;

  expect(await stopPostgres({ dataFolder })).toBe(false);
  expect(await readFile(pidFile, 'utf8')).toBe(before);
});

test('a pid file whose number now belongs to another process does not block the start', async () => {
  const first = await start();
  const cluster = join(dataFolder, 'cluster');
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  await first.stop();
  // The server would take its own parent's number for no hindrance; 1 is alive and not Postgres.
  await writeFile(join(cluster, 'postmaster.pid'), ['1', ...lines.slice(1)].join('\n'));

  const second = await start();

  expect(second.isAdopted).toBe(false);
});

test('what an interrupted first start left behind is cleared away', async () => {
  await mkdir(join(dataFolder, 'cluster.new', 'base'), { recursive: true });
  await writeFile(join(dataFolder, 'cluster.password'), 'old');
  await writeFile(join(dataFolder, 'starting.pid'), '999999999');

  const server = await start();

  expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await expect(stat(join(dataFolder, 'cluster.new'))).rejects.toThrow('ENOENT');
});

test('a taken port is named when it was asked for', async () => {
  const { port, release } = await takePort();

  await expect(start({ port })).rejects.toMatchObject({
    code: 'port-taken',
    message: `Port ${port} is taken. Stop what uses it, or choose another port.`,
  });
  await release();
});

test('a taken port of the last start is replaced by a free one', async () => {
  const first = await start();
  await first.stop();
  const { port, release } = await takePort();
  const connection = await readConnection(dataFolder);
  if (connection === null) throw new Error('no connection file');
  await writeConnection(dataFolder, { ...connection, port });

  const second = await start();

  expect(second.port).not.toBe(port);
  await release();
});

test('data of another major version is refused with what to do', async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(dataFolder, 'cluster', 'PG_VERSION'), '17\n');

  await expect(start()).rejects.toMatchObject({
    code: 'other-version',
    message: expect.stringContaining('written by Postgres 17; this is Postgres 18'),
  });
});

test('a damaged connection file is refused by name', async () => {
  await mkdir(dataFolder);
  await writeFile(join(dataFolder, 'connection.json'), '{"version":1}');

  await expect(start()).rejects.toMatchObject({
    code: 'folder-not-usable',
    message: expect.stringContaining('connection.json is damaged'),
  });
});

test('as root, below a folder closed to all others, the data lies elsewhere and survives', async ({
  skip,
}) => {
  skip(!isRoot, 'only root runs the server as another user');
  await chmod(folder, 0o700);
  const first = await start();
  const cluster = (await readConnection(dataFolder))?.cluster ?? '';
  expect(cluster).toMatch(/^\/var\/(lib|tmp)\/capgrid\/cluster-[0-9a-f]{16}$/);
  expect((await stat(cluster)).uid).not.toBe(0);
  await ask(first.url, 'CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (1)');
  await first.stop();
  const second = await start();
  expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  await second.remove();
  await expect(stat(cluster)).rejects.toThrow('ENOENT');
  await expect(stat(dataFolder)).rejects.toThrow('ENOENT');
});

async function takePort(): Promise<{ port: number; release: () => Promise<void> }> {
  const port = await findFreePort();
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
