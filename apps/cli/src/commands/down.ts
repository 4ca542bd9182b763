/** `capgrid down`: stops the stack of this folder, also what a killed supervisor left. */
import { setTimeout as wait } from 'node:timers/promises';
import { stopPostgres } from '@capgrid/postgres';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { findStack } from '../stack/find-stack.js';
import { postgresFolder } from '../stack/own-postgres.js';
import { isRunning } from '../stack/process-identity.js';
import type { StackState } from '../stack/state-file.js';
import { stopLeftovers, terminate } from '../stack/stop-leftovers.js';

/** Longer than all parts together may take to stop. */
const PATIENCE_MS = 120_000;
const POLL_MS = 100;

export function addDown(program: Command, context: Context): void {
  program
    .command('down')
    .description('stop the stack, wherever it was started')
    .addHelpText('after', '\nExample:\n  ./capgrid down')
    .action(() => down(context));
}

async function down({ env, terminal }: Context): Promise<void> {
  const found = findStack(env.home);
  if (found.kind === 'running') {
    await stopSupervisor(found.state);
    terminal.tell('stopped');
    return;
  }
  const stopped = found.kind === 'leftover' ? await stopLeftovers(env.home, found.state) : [];
  if (await stopPostgres({ dataFolder: postgresFolder(env.home) })) stopped.push('postgres');
  terminal.tell(stopped.length === 0 ? 'Nothing runs.' : `stopped ${stopped.join(', ')}`);
}

async function stopSupervisor({ supervisor }: StackState): Promise<void> {
  terminate({ name: 'supervisor', pid: supervisor.pid });
  const deadline = Date.now() + PATIENCE_MS;
  while (isRunning(supervisor)) {
    if (Date.now() > deadline) {
      const message = `Process ${supervisor.pid} does not stop. Kill it with kill -9 and run ./capgrid down again.`;
      throw new CliError('part-failed', message);
    }
    await wait(POLL_MS);
  }
}
