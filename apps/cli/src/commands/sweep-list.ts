/** `capgrid sweep list`: all sweeps, newest first. */
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { listSweeps } from '../sweeps/find-sweep.js';
import { renderList } from '../table/plain-list.js';
import { wholeNumber } from './parse-number.js';

interface Options {
  json?: true;
  limit: number;
}

export function addSweepList(sweep: Command, context: Context): void {
  sweep
    .command('list')
    .description('list sweeps, newest first')
    .option('--limit <sweeps>', 'at most this many', wholeNumber(1), 20)
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid sweep list --limit 5')
    .action((options: Options) => list(context, options));
}

async function list(context: Context, { json, limit }: Options): Promise<void> {
  const client = await connect(context);
  const sweeps = [];
  for await (const sweep of listSweeps(client)) {
    if (sweeps.length === limit) break;
    sweeps.push(sweep);
  }
  if (json === true) {
    context.terminal.print(JSON.stringify(sweeps, null, 2));
    return;
  }
  const rows = sweeps.map(({ id, name, dataset, createdAt, progress }) => [
    id,
    name,
    dataset,
    createdAt.slice(0, 16).replace('T', ' '),
    `${progress.trials.finished}/${progress.trials.total}`,
    progress.status,
  ]);
  const labels = ['id', 'name', 'dataset', 'launched (UTC)', 'trials', 'status'];
  context.terminal.print(renderList(labels, rows, tableStyle(context)));
}
