/** Keeps two starts on one data folder apart: the second waits and then adopts the first's server. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  if (await isStale(path)) await removeStale(path);
  return false;
}

/** Of several that found it stale only one can rename it; a later one may get the next start's lock. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if (!(await isStale(aside))) await link(aside, path);
  } catch (cause) {
    // Renamed by another, or the lock was taken anew in between.
    if (!isFileError(cause, 'ENOENT') && !isFileError(cause, 'EEXIST')) throw cause;
  }
  await rm(aside, { force: true });
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
