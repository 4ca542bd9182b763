/** `capgrid up`: starts the stack and keeps it until Ctrl-C. */
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { listenForInterrupt, type Interrupt } from '../interrupt.js';
import { isApiReady } from '../stack/part-plans.js';
import { startStack, type RunningStack } from '../stack/start-stack.js';
import type { StackState } from '../stack/state-file.js';

export function addUp(program: Command, context: Context): void {
  program
    .command('up')
    .description('start Postgres, API, trainer and dashboard and keep them until Ctrl-C')
    .addHelpText('after', '\nExample:\n  CAPGRID_DASHBOARD_PORT=8080 ./capgrid up')
    .action(() => up(context));
}

async function up(context: Context): Promise<void> {
  const { env, root, terminal } = context;
  const interrupt = listenForInterrupt();
  const { signal } = interrupt;
  const tell = (message: string) => terminal.tell(message);
  const stack = await startStack({ root, env, tell, signal });
  if (!('stop' in stack)) {
    interrupt.release();
    terminal.print(await describeRunning(stack));
    return;
  }
  terminal.print(`Capgrid is up: ${stack.dashboardUrl}  (API ${stack.apiUrl}/api/docs)`);
  terminal.tell('Ctrl-C stops it.');
  await interrupt.happened;
  await stopOnInterrupt(context, stack, interrupt);
  context.finish(interrupt.exitCode());
}

/** A second Ctrl-C does not wait for the parts. */
export async function stopOnInterrupt(
  { terminal }: Context,
  stack: RunningStack,
  interrupt: Interrupt,
): Promise<void> {
  terminal.tell('stopping (Ctrl-C again kills)');
  interrupt.onSecond(() => {
    stack.kill();
    process.exit(interrupt.exitCode());
  });
  await stack.stop();
  terminal.tell('stopped');
}

async function describeRunning(state: StackState): Promise<string> {
  const { pid } = state.supervisor;
  if (!state.isUp) return `Capgrid is being started by process ${pid}: ${state.dashboardUrl}`;
  if (await isApiReady(state.apiUrl)) {
    return `Capgrid already runs: ${state.dashboardUrl}  (API ${state.apiUrl}/api/docs, process ${pid})`;
  }
  return `Capgrid runs as process ${pid}, but its API ${state.apiUrl} does not answer at the moment. ./capgrid down stops it.`;
}
