/** `capgrid sweep launch FILE`: starts a sweep and, on demand, waits for its table. */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { listenForInterrupt } from '../interrupt.js';
import { noteLines } from '../sweeps/note-lines.js';
import { readSpec } from '../sweeps/read-spec.js';
import { describeReuse } from '../sweeps/reuse-text.js';
import { showOutcome } from '../sweeps/sweep-outcome.js';
import { watchSweep } from '../sweeps/watch-sweep.js';
import { printable } from '../table/printable.js';
import { wholeNumber } from './parse-number.js';

interface Options {
  json?: true;
  limit?: number;
  wait?: true;
}

export function addSweepLaunch(sweep: Command, context: Context): void {
  sweep
    .command('launch')
    .description('launch a sweep; prints its id')
    .argument('<file>', 'YAML or JSON sweep spec')
    .option('--wait', 'follow it to its end and print the results table')
    .option('--limit <images>', 'use only this many images of the dataset', wholeNumber(3))
    .option('--json', 'print the sweep, or with --wait its results table, as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  ./capgrid sweep launch sweeps/flickr8k-attention.yaml --limit 500 --wait',
    )
    .action((file: string, options: Options) => launch(context, file, options));
}

async function launch(context: Context, file: string, options: Options): Promise<void> {
  const { terminal } = context;
  const spec = await readSpec(file, { limit: options.limit ?? null });
  const client = await connect(context);
  const preview = await callApi(client, routes.previewSweep, { body: { spec } });
  for (const line of noteLines(preview)) terminal.tell(line);
  const sweep = await callApi(client, routes.launchSweep, { body: { spec } });
  terminal.tell(`${printable(spec.name)}: ${describeReuse(preview)}`);
  if (options.wait !== true) {
    terminal.print(options.json === true ? JSON.stringify(sweep, null, 2) : sweep.id);
    return;
  }
  terminal.tell(`sweep ${sweep.id}`);
  await waitForOutcome(context, { client, sweepId: sweep.id, isJson: options.json === true });
}

export async function waitForOutcome(
  context: Context,
  sweep: { client: { baseUrl: string }; sweepId: string; isJson: boolean },
): Promise<void> {
  const { terminal, env } = context;
  const { signal, release } = listenForInterrupt();
  const interruptedMessage = `The sweep goes on: ./capgrid sweep status ${sweep.sweepId}`;
  const { hasUnicode } = env;
  await watchSweep({ ...sweep, terminal, hasUnicode, signal, interruptedMessage });
  release();
  context.finish(await showOutcome({ ...sweep, terminal, style: tableStyle(context) }));
}
