/** Runs the server process: start, wait until it answers, stop. */
import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asAccount, type Account } from './account.js';
import { SERVER_ENVIRONMENT } from './create-cluster.js';
import { PostgresError } from './postgres-error.js';
import { findPostmaster, isAlive } from './postmaster.js';

export interface ServerStart {
  binaries: string;
  cluster: string;
  account: Account;
  port: number;
  /** Its folder is made when missing. */
  logFile: string;
}

/** Recovery after a crash of the machine replays the log first, which can take minutes. */
const START_PATIENCE_MS = 300_000;
/** A fast shutdown ends sessions and writes a checkpoint. */
const STOP_PATIENCE_MS = 60_000;
/** Processes of a killed server end when their current statement does. */
const LEFTOVER_PATIENCE_MS = 30_000;
const LEFTOVER_POLL_MS = 500;
const POLL_MS = 20;
const WATCH_MS = 500;

/** @returns the server's pid once it accepts connections */
export async function runServer(start: ServerStart): Promise<number> {
  const deadline = Date.now() + LEFTOVER_PATIENCE_MS;
  for (;;) {
    try {
      return await tryServer(start);
    } catch (cause) {
      const isInUse = cause instanceof PostgresError && cause.code === 'data-in-use';
      if (!isInUse || Date.now() > deadline) throw cause;
      await wait(LEFTOVER_POLL_MS);
    }
  }
}

async function tryServer(start: ServerStart): Promise<number> {
  await mkdir(dirname(start.logFile), { recursive: true });
  const log = await open(start.logFile, 'a');
  const begin = (await log.stat()).size;
  try {
    const child = spawn(join(start.binaries, 'bin', 'postgres'), serverArguments(start), {
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      // In a group of its own: Ctrl-C in the terminal must not stop it before its clients.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...asAccount(start.account),
    });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    child.unref();
    const isUp = await Promise.race([waitForReady(start.cluster), ended.then(() => false)]);
    if (isUp && child.pid !== undefined) return child.pid;
    throw await tellFailure(start, begin);
  } finally {
    await log.close();
  }
}

function serverArguments({ cluster, port }: ServerStart): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket file: the password is asked for on every connection, and no folder must be writable.
    unix_socket_directories: '',
    max_connections: '200',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster, '-p', String(port), ...flags];
}

/** Waits for a server that someone started on the cluster; false when it ended instead. */
export async function waitForReady(cluster: string): Promise<boolean> {
  const deadline = Date.now() + START_PATIENCE_MS;
  let wasSeen = false;
  while (Date.now() < deadline) {
    const postmaster = await findPostmaster(cluster);
    if (postmaster?.isReady === true) return true;
    if (postmaster === null && wasSeen) return false;
    wasSeen ||= postmaster !== null;
    await wait(POLL_MS);
  }
  return false;
}

/** Fast shutdown; harmless when it has ended already. */
export async function stopServer(cluster: string, pid: number): Promise<void> {
  sendSignal(pid, 'SIGINT');
  if (await waitForEnd(cluster, pid, STOP_PATIENCE_MS)) return;
  // Immediate shutdown: no data is lost, the next start replays the log.
  sendSignal(pid, 'SIGQUIT');
  if (await waitForEnd(cluster, pid, STOP_PATIENCE_MS)) return;
  throw new PostgresError(
    'stop-failed',
    `Postgres (pid ${pid}) does not stop. Kill it with kill -9.`,
  );
}

/**
 * Resolves when the server has ended, by whatever cause, or `signal` says that it was stopped.
 * Does not keep the process alive.
 */
export async function watchServer(cluster: string, pid: number, signal: AbortSignal) {
  while (!signal.aborted && (await isRunning(cluster, pid))) {
    await wait(WATCH_MS, undefined, { ref: false, signal }).catch(() => undefined);
  }
}

async function waitForEnd(cluster: string, pid: number, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (await isRunning(cluster, pid)) {
    if (Date.now() > deadline) return false;
    await wait(POLL_MS);
  }
  return true;
}

async function isRunning(cluster: string, pid: number): Promise<boolean> {
  // The pid alone does not do: a dead server without a parent that reaps it stays a zombie.
  return isAlive(pid) && (await findPostmaster(cluster))?.pid === pid;
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, name);
}

async function tellFailure(start: ServerStart, begin: number): Promise<PostgresError> {
  const { cluster, logFile, port } = start;
  const log = await open(logFile, 'r');
  try {
    const { buffer, bytesRead } = await log.read(Buffer.alloc(8192), 0, 8192, begin);
    const told = buffer.toString('utf8', 0, bytesRead).trim();
    if (told.includes('Address already in use')) {
      const message = `Port ${port} is taken. Stop what uses it, or choose another port.`;
      return new PostgresError('port-taken', message);
    }
    if (told.includes('pre-existing shared memory block')) {
      const message =
        `Processes of a killed Postgres still use ${cluster}. They end with their statement; ` +
        'end them with kill if they do not (ps -A -o pid,args lists them as "postgres: …").';
      return new PostgresError('data-in-use', message);
    }
    const message = `Postgres does not start (${logFile}): ${told.replaceAll('\n', ' ')}`;
    return new PostgresError('start-failed', message);
  } finally {
    await log.close();
  }
}
