/**
 * Tells one process from another that later got the same number, by its start time. Both must be
 * known before anything is signalled by a pid read from a file.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isFileError } from '../cli-error.js';

export type ProcessIdentity = { pid: number; startedAt: string };

/** null when there is no such process, or only its unreaped remains. */
export function identify(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? readProc(pid) : askPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

function readProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in brackets, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    // proc(5): field 22 is the start time in clock ticks after boot; field 3 is the first here.
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
  } catch (cause) {
    if (isFileError(cause, 'ENOENT', 'ESRCH')) return null;
    throw cause;
  }
}

function askPs(pid: number): string | null {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return text.trim() === '' ? null : text.trim();
  } catch {
    return null;
  }
}
