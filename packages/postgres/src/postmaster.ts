/** Reads postmaster.pid, the file by which a running server is found again after its parent died. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { isFileError } from './postgres-error.js';

export type Postmaster = { pid: number; port: number | null; isReady: boolean };

/** null when no server runs on the cluster; a file left by a crash or a reboot counts as none. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const path = join(cluster, 'postmaster.pid');
  const lines = (await readIfPresent(path))?.split('\n');
  if (lines === undefined) return null;
  // Lines: pid, data folder, start time, port, socket folder, address, shared memory, status.
  const [pid, folder, , port] = lines;
  const number = Number(pid);
  const isServer = Number.isInteger(number) && number > 0 && isAlive(number);
  if (isServer && (await commandOf(number)).includes(folder ?? cluster)) {
    return {
      pid: number,
      port: port === undefined || port.trim() === '' ? null : Number(port),
      isReady: lines[7]?.trim() === 'ready',
    };
  }
  // Its number may now be that of another process, which would keep Postgres from starting.
  if (lines.length > 1) await rm(path, { force: true });
  return null;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return isFileError(cause, 'EPERM');
  }
}

/** Its command line; '' when it is gone or dead and waits for its parent (a zombie). */
async function commandOf(pid: number): Promise<string> {
  const onLinux = await readIfPresent(`/proc/${pid}/cmdline`);
  if (onLinux !== null) return onLinux;
  try {
    return (await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return '';
  }
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isFileError(cause, 'ENOENT') || isFileError(cause, 'ESRCH')) return null;
    throw cause;
  }
}
