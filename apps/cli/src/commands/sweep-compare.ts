/** `capgrid sweep compare ID`: each row of the results table against one of them. */
import { callApi, COMPARISON_LEVELS, routes, type ComparisonQuery } from '@capgrid/contracts';
import { Option, type Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { findBaseline } from '../sweeps/find-baseline.js';
import { findSweepId } from '../sweeps/find-sweep.js';
import { chooseCompared } from '../table/choose-compared.js';
import { renderComparison } from '../table/comparison-text.js';
import { wholeNumber } from './parse-number.js';

interface Options {
  baseline: string;
  columns?: string;
  level: ComparisonQuery['level'];
  seed: number;
  resamples?: number;
  json?: true;
}

export function addSweepCompare(sweep: Command, context: Context): void {
  sweep
    .command('compare')
    .description('print how each row differs from one of them, with intervals and significance')
    .argument('<sweep>', 'id, beginning of an id, or name (the newest of it)')
    .option('--baseline <row>', 'number of a row, or levels such as attention=none,beam=3', '1')
    .option(
      '--columns <names>',
      'compare these scores or groups; left out: BLEU-4 and the other quality scores of papers',
    )
    .addOption(
      new Option('--level <level>', 'what would be drawn anew: other images, or trainings too')
        .choices(COMPARISON_LEVELS)
        .default('images'),
    )
    .option('--seed <number>', 'of the resampling', wholeNumber(0), 1)
    .option(
      '--resamples <number>',
      '100 to 10000; left out: enough for the table',
      wholeNumber(100),
    )
    .option('--json', 'print the comparison as JSON')
    .addHelpText(
      'after',
      `
A difference is significant where p < 0.05 after Holm's correction over the whole table.

Examples:
  ./capgrid sweep compare demo --baseline attention=none,beam=1
  ./capgrid sweep compare demo --baseline 3 --columns meteor,ciderD --json`,
    )
    .action((wanted: string, options: Options) => compare(context, wanted, options));
}

async function compare(context: Context, wanted: string, options: Options): Promise<void> {
  const { terminal } = context;
  const client = await connect(context);
  const params = { sweepId: await findSweepId(client, wanted) };
  const table = await callApi(client, routes.getResults, { params });
  const { columns: names, level, seed, resamples } = options;
  const metrics = names === undefined ? {} : { metrics: chooseCompared(table, names).join() };
  const query = {
    baseline: String(findBaseline(table, options.baseline)),
    ...metrics,
    level,
    seed,
    ...(resamples === undefined ? {} : { resamples }),
  };
  const comparison = await callApi(client, routes.compareResults, { params, query });
  terminal.print(
    options.json === true
      ? JSON.stringify(comparison, null, 2)
      : renderComparison(comparison, table, tableStyle(context)),
  );
}
