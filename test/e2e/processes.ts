/** Looks at processes that are not this one's children. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 50;

function isAlive(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid);
}

/** Of all generations. */
export function descendantsOf(pid: number): number[] {
  const processes = listProcesses();
  const children = (parent: number): number[] =>
    processes
      .filter((process) => process.parent === parent)
      .flatMap((process) => [process.pid, ...children(process.pid)]);
  return children(pid);
}

/** Nothing tells of the end of a process that somebody else started, so it is asked for. */
export async function untilGone(pids: readonly number[], limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const left = pids.filter(isAlive);
    if (left.length === 0) return;
    if (Date.now() > deadline) throw new Error(`still running: ${left.join(', ')}`);
    await wait(POLL_MS);
  }
}

export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Without zombies, which only wait for their parents to take note. */
interface ProcessRow {
  pid: number;
  parent: number;
}

function listProcesses(): ProcessRow[] {
  return process.platform === 'linux' ? readProc() : askPs();
}

function readProc(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readIfThere(`/proc/${name}/stat`);
      // proc(5): pid, the name in brackets, state, parent; the name may hold brackets itself.
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === undefined || parent === undefined || /[ZX]/.test(state)
        ? []
        : [{ pid: Number(name), parent: Number(parent) }];
    });
}

/** A process may end between the listing and the reading. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function askPs(): ProcessRow[] {
  return execFileSync('ps', ['-Ao', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => state !== undefined && !state.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}
