/** Keeps two starts on one data folder apart: the second waits and then adopts the first's server. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isFileError, PostgresError } from './postgres-error.js';
import { isAlive } from './postmaster.js';

const PATIENCE_MS = 120_000;
const POLL_MS = 50;

export async function withStartLock<T>(dataFolder: string, work: () => Promise<T>): Promise<T> {
  const path = join(dataFolder, 'starting.pid');
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await tryLock(path))) {
    if (Date.now() > deadline) {
      throw new PostgresError(
        'busy',
        `Another process has been starting Postgres in ${dataFolder} for ${PATIENCE_MS / 1000} s. ` +
          `If there is none, delete ${path}.`,
      );
    }
    await wait(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (cause) {
    if (!isFileError(cause, 'EEXIST')) throw cause;
  }
  if (await isStale(path)) await rm(path, { force: true });
  return false;
}

async function isStale(path: string): Promise<boolean> {
  try {
    const text = await readFile(path, 'utf8');
    // Empty: its writer is between creating and filling it.
    return text !== '' && !isAlive(Number(text));
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return false;
    throw cause;
  }
}
