/**
 * One build at a time: a folder whose one file is named after its owner. It appears with that file in
 * it, by a rename, so there is no lock without an owner to ask about.
 */
import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Owner
 * @property {string} id of this taking of the lock
 * @property {number} pid
 * @property {string} started when the process did, in the system's terms; empty: not known here
 */

const POLL_MS = 500;
/** What is left of a lock can go when no process can still be about to remove that lock. */
const LEFTOVER_MS = 3600_000;

/**
 * @template T
 * @param {string} path in a folder that exists
 * @param {() => T} work
 * @param {(pid: number) => void} onWait called once when another process holds the lock
 * @returns {Promise<T>}
 * @throws {Error} where something else lies at `path`
 */
export async function withLock(path, work, onWait) {
  const own = ownName();
  let isTold = false;
  removeLeftovers(path);
  while (!take(path, own)) {
    const owner = readOwner(path);
    if (owner === null) continue;
    if (!isRunning(owner)) {
      removeStale(path, owner);
      continue;
    }
    if (!isTold) onWait(owner.pid);
    isTold = true;
    await sleep(POLL_MS);
  }
  try {
    return work();
  } finally {
    release(path, own);
  }
}

/**
 * @param {string} path
 * @param {string} own
 */
function take(path, own) {
  const ready = `${path}.${own}`;
  mkdirSync(ready);
  try {
    writeFileSync(join(ready, own), '');
    // Onto a folder with a file in it, a rename fails.
    renameSync(ready, path);
    return true;
  } catch (error) {
    rmSync(ready, { recursive: true, force: true });
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    if (!hasCode(error, 'ENOTDIR')) throw error;
    // A lock of an older release was a file. On a folder taken since then, this fails.
    unlinkSync(path);
    return false;
  }
}

/**
 * By a rename first, so that nobody sees the folder without its file.
 *
 * @param {string} path
 * @param {string} own
 */
function release(path, own) {
  const done = `${path}.${own}`;
  try {
    renameSync(path, done);
  } catch (error) {
    // A person has deleted it.
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  rmSync(done, { recursive: true, force: true });
}

/**
 * @param {string} path
 * @returns {Owner | null} null: released in between
 */
function readOwner(path) {
  try {
    const names = readdirSync(path);
    if (names.length === 0) return null;
    const owner = names.map(parseName).find((each) => each !== null);
    if (owner !== undefined) return owner;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
  throw new Error(`"${path}" is not the lock of a build; delete it.`);
}

/**
 * Its owner was killed. The folder that it becomes is named after the owner and stays: of several
 * that see this lock only one can rename it, and none can rename one taken after it.
 *
 * @param {string} path
 * @param {Owner} owner
 */
function removeStale(path, { id }) {
  try {
    renameSync(path, `${path}.stale-${id}`);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

/** @param {string} path */
function removeLeftovers(path) {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const leftover = join(folder, name);
    const status = statSync(leftover, { throwIfNoEntry: false });
    if (status === undefined || Date.now() - status.ctimeMs < LEFTOVER_MS) continue;
    rmSync(leftover, { recursive: true, force: true });
  }
}

function ownName() {
  const { pid } = process;
  return `${pid}-${readProcess(pid)?.started ?? ''}-${randomUUID()}`;
}

/**
 * @param {string} name
 * @returns {Owner | null}
 */
function parseName(name) {
  const [, pid = '', started = '', id] = /^(\d+)-(\d*)-([\da-f-]{36})$/.exec(name) ?? [];
  return id === undefined ? null : { id, pid: Number(pid), started };
}

/**
 * Whether the very process runs: its number may have been given to another one.
 *
 * @param {Owner} owner
 */
function isRunning({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  const found = readProcess(pid);
  if (found === null) return true;
  return found.isAlive && (started === '' || found.started === started);
}

/**
 * @param {number} pid
 * @returns {{ started: string, isAlive: boolean } | null} null: this system does not tell
 */
function readProcess(pid) {
  try {
    // "pid (name) state parent …", the 22nd field being the start in ticks after the boot; the name
    // may hold spaces and brackets.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { started: fields[19] ?? '', isAlive: !['Z', 'X'].includes(fields[0] ?? '') };
  } catch {
    return null;
  }
}

/**
 * @param {unknown} error
 * @param {readonly string[]} codes
 */
function hasCode(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
