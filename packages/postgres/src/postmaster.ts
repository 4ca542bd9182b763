/** Reads postmaster.pid, the file by which a running server is found again after its parent died. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { isFileError } from './postgres-error.js';

export type Postmaster = { pid: number; port: number | null; isReady: boolean };

/** More than any system gives to a process (Linux: at most 2^22), and the most that Postgres reads. */
const NOBODYS_PID = 2 ** 31 - 1;

/** null when no server runs on the cluster; a file left by a crash or a reboot counts as none. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = (await readIfPresent(pidFile(cluster)))?.split('\n');
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
  return null;
}

/**
 * A number that another process has got since would keep Postgres from starting. Only the number is
 * replaced: from the rest Postgres tells whether processes of the ended server still use the data.
 * To be called under the start lock.
 */
export async function forgetReusedPid(cluster: string): Promise<void> {
  if ((await findPostmaster(cluster)) !== null) return;
  const path = pidFile(cluster);
  const [pid, ...rest] = (await readIfPresent(path))?.split('\n') ?? [];
  // A dead number does not keep it, and an unfinished file is none of ours.
  if (rest.length === 0 || !isAlive(Number(pid))) return;
  const file = await open(path, 'r+');
  try {
    // In one write and never shorter than before, so that no half of a file is left by a crash.
    await file.write([NOBODYS_PID, ...rest].join('\n'), 0);
  } finally {
    await file.close();
  }
}

function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
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
