/** Ends the parts that a killed supervisor left running, in the order of an orderly stop. */
import { setTimeout as wait } from 'node:timers/promises';
import { CliError, isFileError } from '../cli-error.js';
import { killGroup } from './part.js';
import { isRunning } from './process-identity.js';
import { removeState, type StackState } from './state-file.js';

const PATIENCE_MS = 15_000;
const POLL_MS = 100;

/**
 * @returns the names of the parts that still ran
 * @throws CliError `bad-environment` when one belongs to another user
 */
export async function stopLeftovers(home: string, state: StackState): Promise<string[]> {
  const stopped: string[] = [];
  for (const part of state.parts.toReversed()) {
    if (!isRunning(part)) continue;
    stopped.push(part.name);
    await stopProcess(part);
  }
  removeState(home);
  return stopped;
}

async function stopProcess(part: StackState['parts'][number]): Promise<void> {
  terminate(part);
  const deadline = Date.now() + PATIENCE_MS;
  while (isRunning(part)) {
    if (Date.now() > deadline) killGroup(part.pid);
    await wait(POLL_MS);
  }
}

/**
 * Asks a process of the stack to end; one that is gone is none to ask.
 *
 * @throws CliError `bad-environment` when it belongs to another user
 */
export function terminate({ name, pid }: { name: string; pid: number }): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    if (isFileError(cause, 'ESRCH')) return;
    if (!isFileError(cause, 'EPERM')) throw cause;
    const message = `The ${name} of a stack in this CAPGRID_HOME runs as process ${pid} of another user: run ./capgrid down as that user, or set CAPGRID_HOME to a folder of your own.`;
    throw new CliError('bad-environment', message, { cause });
  }
}
