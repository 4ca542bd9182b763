/**
 * Where binaries and data may lie so that the server's account reaches them. Root often works in
 * a checkout below /root, which no other user may enter; then the binaries are copied to, and the
 * data kept in, a folder of their own under /var/lib/capgrid (or /var/tmp where that is not writable).
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asAccount, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import { isFileError, PostgresError } from './postgres-error.js';

const OUTSIDE = ['/var/lib/capgrid', '/var/tmp/capgrid'];

/** The binaries themselves, or a copy of them that the account can execute. */
export async function placeBinaries(binaries: Binaries, account: Account): Promise<string> {
  const failure = tryBinaries(binaries.root, account);
  if (failure === null) return binaries.root;
  if (account === null) throw unusable(binaries.root, failure);
  const outside = await makeOutsideFolder();
  const name = `postgres-${binaries.version}-${process.platform}-${process.arch}`;
  const copy = join(outside, name);
  if (!(await exists(copy))) await copyFolder(binaries.root, copy);
  const second = tryBinaries(copy, account);
  if (second !== null) throw unusable(copy, second);
  return copy;
}

/** A folder for a new cluster: inside the data folder (null) if the account gets there. */
export async function placeCluster(dataFolder: string, account: Account): Promise<string | null> {
  if (account === null || canEnter(dataFolder, account)) return null;
  const outside = await makeOutsideFolder();
  return join(outside, `cluster-${randomBytes(8).toString('hex')}`);
}

/** Folders are for all to enter; clusters inside are closed to all but the server's account. */
async function makeOutsideFolder(): Promise<string> {
  for (const folder of OUTSIDE) {
    try {
      await mkdir(folder, { recursive: true });
      // /var/tmp is open to all: a folder that another user laid there is not to be trusted.
      if ((await stat(folder)).uid !== 0) continue;
      await chmod(folder, 0o755);
      return folder;
    } catch (cause) {
      if (!isFileError(cause, 'EROFS') && !isFileError(cause, 'EACCES')) throw cause;
    }
  }
  throw new PostgresError(
    'folder-not-usable',
    `Postgres cannot run as root, its user cannot enter this folder, and ${OUTSIDE.join(' and ')} ` +
      'cannot be written. Move the checkout out of /root, or set DATABASE_URL to a Postgres of your own.',
  );
}

function tryBinaries(root: string, account: Account): string | null {
  const run = spawnSync(join(root, 'bin', 'postgres'), ['--version'], {
    cwd: '/',
    encoding: 'utf8',
    ...asAccount(account),
  });
  if (run.status === 0) return null;
  return run.error?.message ?? (run.stderr.trim() || `exit status ${run.status}`);
}

function canEnter(folder: string, account: Account): boolean {
  const run = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    cwd: '/',
    ...asAccount(account),
  });
  return run.status === 0;
}

async function copyFolder(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}`;
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(partial, to);
  } catch (cause) {
    // Another start was quicker; its copy is the same.
    await rm(partial, { recursive: true });
    if (!isFileError(cause, 'ENOTEMPTY') && !isFileError(cause, 'EEXIST')) throw cause;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return false;
    throw cause;
  }
}

function unusable(root: string, failure: string): PostgresError {
  return new PostgresError(
    'no-binaries',
    `The Postgres binaries in ${root} do not run here: ${failure}. ` +
      'Set DATABASE_URL to a Postgres of your own.',
  );
}
