/** `capgrid sweep results ID`: the results table as it is now. */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { readFailures, reasonLines } from '../sweeps/failure-reasons.js';
import { findSweepId } from '../sweeps/find-sweep.js';
import { chooseColumns, type ColumnChoice } from '../table/choose-columns.js';
import { renderResults } from '../table/results-text.js';

interface Options extends ColumnChoice {
  intervals?: true;
  signatures?: true;
  json?: true;
}

export function addSweepResults(sweep: Command, context: Context): void {
  sweep
    .command('results')
    .description('print the results table')
    .argument('<sweep>', 'id, beginning of an id, or name (the newest of it)')
    .option('--columns <names>', 'print these scores or groups, such as meteor,ciderD,captions')
    .option('--all', 'print every score that was measured')
    .option('--intervals', 'print 95% intervals over the images, where one seed has been run')
    .option('--signatures', 'print all that the scores depend on')
    .option('--json', 'print the whole table as JSON')
    .addHelpText(
      'after',
      `
Without --columns and --all, the scores that a paper prints; METEOR without a paraphrase table
is called METEOR (exact, stem, synonym).

Examples:
  ./capgrid sweep results demo
  ./capgrid sweep results demo --columns bleu4,meteor,ciderD,captions --signatures
  ./capgrid sweep results demo --json`,
    )
    .action(async (wanted: string, options: Options) => {
      const client = await connect(context);
      const sweepId = await findSweepId(client, wanted);
      const table = await callApi(client, routes.getResults, { params: { sweepId } });
      if (options.json === true) {
        context.terminal.print(JSON.stringify(table, null, 2));
        return;
      }
      const view = {
        columns: chooseColumns(table, options),
        hasIntervals: options.intervals === true,
        hasSignatures: options.signatures === true,
      };
      context.terminal.print(renderResults(table, tableStyle(context), view));
      if (table.trialsFailed === 0) return;
      const { trials } = await callApi(client, routes.listTrials, { params: { sweepId } });
      const reasons = reasonLines(await readFailures(client, trials));
      if (reasons.length > 0) context.terminal.tell(reasons.join('\n'));
    });
}
