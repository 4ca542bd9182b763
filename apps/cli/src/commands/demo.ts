/** `capgrid demo`: from nothing to a results table, with the stack of `up`. */
import { join, resolve } from 'node:path';
import { callApi, routes, type ApiClient, STORE_FOLDER } from '@capgrid/contracts';
import { DEMO_SCENES, generateScenes, openFileStore, type ScenesOptions } from '@capgrid/data';
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
import { printable } from '../table/printable.js';
import { stopOnInterrupt } from './up.js';

interface Options {
  exit?: true;
  json?: true;
}

const DATASET = 'scenes';

export interface DemoJob {
  /** Below the checkout, or absolute. */
  spec: string;
  scenes: Omit<ScenesOptions, 'onProgress'>;
}

const DEMO: DemoJob = { spec: 'sweeps/demo.yaml', scenes: DEMO_SCENES };

/** @param job another one for tests, which have no time for the whole demo */
export function addDemo(program: Command, context: Context, job: DemoJob = DEMO): void {
  program
    .command('demo')
    .description('start everything, draw a dataset, run sweeps/demo.yaml and print its table')
    .option('--exit', 'stop everything at the end instead of keeping the dashboard until Ctrl-C')
    .option('--json', 'print the results table as JSON')
    .addHelpText(
      'after',
      '\nExit code 0 only if every trial finished.\n\nExample:\n  ./capgrid demo --exit --json > table.json',
    )
    .action((options: Options) => demo(context, job, options));
}

async function demo(context: Context, job: DemoJob, options: Options): Promise<void> {
  const { env, root, terminal } = context;
  const interrupt = listenForInterrupt();
  const tell = (message: string) => terminal.tell(message);
  const stack = await startStack({ root, env, tell, signal: interrupt.signal });
  const isOwn = 'stop' in stack;
  if (!isOwn) tell(`uses the stack that runs already: ${stack.dashboardUrl}`);
  try {
    const client = { baseUrl: stack.apiUrl };
    const exitCode = await runJob(context, job, { client, interrupt, options });
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
async function runJob(
  context: Context,
  job: DemoJob,
  { client, interrupt, options }: { client: ApiClient; interrupt: Interrupt; options: Options },
): Promise<number> {
  const { env, root, terminal } = context;
  const { signal } = interrupt;
  const store = await openFileStore(join(env.home, STORE_FOLDER));
  const onProgress = createCounter(terminal, 'scenes drawn');
  const manifest = await generateScenes(store, { ...job.scenes, onProgress });
  const { dataset, isKnown } = await registerDataset(manifest, {
    client,
    store,
    name: DATASET,
    // It may be the user's own.
    replace: false,
    remedy:
      'give its place to the demo with ./capgrid dataset import scenes --replace, or set CAPGRID_HOME to another folder',
  });
  terminal.tell(`dataset ${describeDataset(dataset)}${isKnown ? ', imported before' : ''}`);

  const spec = await readSpec(resolve(root, job.spec), { limit: null });
  const preview = await callApi(client, routes.previewSweep, { body: { spec }, signal });
  const { id: sweepId } = await callApi(client, routes.launchSweep, { body: { spec }, signal });
  terminal.tell(`sweep ${printable(spec.name)}: ${describeReuse(preview)}`);

  const { hasUnicode } = env;
  const interruptedMessage = 'Interrupted. The next ./capgrid demo goes on from here.';
  await watchSweep({ client, sweepId, terminal, hasUnicode, signal, interruptedMessage });
  const isJson = options.json === true;
  return showOutcome({ client, sweepId, terminal, style: tableStyle(context), isJson });
}
