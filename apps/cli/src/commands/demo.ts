/** `capgrid demo`: from nothing to a results table, with the stack of `up`. */
import { join } from 'node:path';
import { callApi, routes, type ApiClient, STORE_FOLDER } from '@capgrid/contracts';
import { DEMO_SCENES, generateScenes, openFileStore } from '@capgrid/data';
import type { Command } from 'commander';
import { tableStyle, type Context } from '../context.js';
import { createCounter } from '../count-progress.js';
import { describeDataset, registerDataset } from '../datasets.js';
import { listenForInterrupt, type Interrupt } from '../interrupt.js';
import { startStack } from '../stack/start-stack.js';
import { readSpec } from '../sweeps/read-spec.js';
import { describeReuse } from '../sweeps/reuse-text.js';
import { showOutcome } from '../sweeps/sweep-outcome.js';
import { watchSweep } from '../sweeps/watch-sweep.js';
import { stopOnInterrupt } from './up.js';

interface Options {
  exit?: true;
  json?: true;
}

const DATASET = 'scenes';

export function addDemo(program: Command, context: Context): void {
  program
    .command('demo')
    .description('start everything, draw a data set, run sweeps/demo.yaml and print its table')
    .option('--exit', 'stop everything at the end instead of keeping the dashboard until Ctrl-C')
    .option('--json', 'print the results table as JSON')
    .addHelpText(
      'after',
      '\nExit code 0 only if every trial finished.\n\nExample:\n  ./capgrid demo --exit --json > table.json',
    )
    .action((options: Options) => demo(context, options));
}

async function demo(context: Context, options: Options): Promise<void> {
  const { env, root, terminal } = context;
  const interrupt = listenForInterrupt();
  const tell = (message: string) => terminal.tell(message);
  const stack = await startStack({ root, env, tell, signal: interrupt.signal });
  const isOwn = 'stop' in stack;
  if (!isOwn) tell(`uses the stack that runs already: ${stack.dashboardUrl}`);
  try {
    const exitCode = await runDemo(context, { baseUrl: stack.apiUrl }, interrupt, options);
    context.finish(exitCode);
    tell(`dashboard: ${stack.dashboardUrl}`);
    if (isOwn && options.exit !== true) {
      tell('It keeps running until Ctrl-C.');
      await interrupt.happened;
    }
  } finally {
    if (isOwn) await stopOnInterrupt(context, stack, interrupt);
    interrupt.release();
  }
}

/** @returns 0 only when every trial finished */
async function runDemo(
  context: Context,
  client: ApiClient,
  { signal }: Interrupt,
  { json }: Options,
): Promise<number> {
  const { env, root, terminal } = context;
  const store = await openFileStore(join(env.home, STORE_FOLDER));
  const onProgress = createCounter(terminal, 'scenes drawn');
  const manifest = await generateScenes(store, { ...DEMO_SCENES, onProgress });
  const { dataset, isKnown } = await registerDataset(client, store, DATASET, manifest);
  terminal.tell(`data set ${describeDataset(dataset)}${isKnown ? ', imported before' : ''}`);

  const spec = await readSpec(join(root, 'sweeps/demo.yaml'), { limit: null });
  const preview = await callApi(client, routes.previewSweep, { body: { spec }, signal });
  const { id: sweepId } = await callApi(client, routes.launchSweep, { body: { spec }, signal });
  terminal.tell(`sweep ${spec.name}: ${describeReuse(preview)}`);

  const { hasUnicode } = env;
  const interruptedMessage = 'Interrupted. The next ./capgrid demo goes on from here.';
  await watchSweep({ client, sweepId, terminal, hasUnicode, signal, interruptedMessage });
  const isJson = json === true;
  return showOutcome({ client, sweepId, terminal, style: tableStyle(context), isJson });
}
