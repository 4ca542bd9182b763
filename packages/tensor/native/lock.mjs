/** One build at a time: a file with the number of the process that builds. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 500;

/**
 * @template T
 * @param {string} path
 * @param {() => T} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  while (!take(path)) await sleep(POLL_MS);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function take(path) {
  try {
    writeFileSync(path, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    removeStale(path);
    return false;
  }
}

/**
 * Its owner was killed. Of several that see it only one can rename the file.
 *
 * @param {string} path
 */
function removeStale(path) {
  const stale = `${path}.${process.pid}`;
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    // 0: taken, and not written to yet.
    if (owner === 0 || isRunning(owner)) return;
    renameSync(path, stale);
    rmSync(stale, { force: true });
  } catch (error) {
    // Released or removed in between.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
