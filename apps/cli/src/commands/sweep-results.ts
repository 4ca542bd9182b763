/** `capgrid sweep results ID`: the results table as it is now. */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { readFailures, reasonLines } from '../sweeps/failure-reasons.js';
import { findSweepId } from '../sweeps/find-sweep.js';
import { renderResults } from '../table/results-text.js';

export function addSweepResults(sweep: Command, context: Context): void {
  sweep
    .command('results')
    .description('print the results table')
    .argument('<sweep>', 'id, beginning of an id, or name (the newest of it)')
    .option('--json', 'print the table as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid sweep results demo --json')
    .action(async (wanted: string, options: { json?: true }) => {
      const client = await connect(context);
      const sweepId = await findSweepId(client, wanted);
      const table = await callApi(client, routes.getResults, { params: { sweepId } });
      if (options.json === true) {
        context.terminal.print(JSON.stringify(table, null, 2));
        return;
      }
      context.terminal.print(renderResults(table, tableStyle(context)));
      if (table.trialsFailed === 0) return;
      const { trials } = await callApi(client, routes.listTrials, { params: { sweepId } });
      const reasons = reasonLines(await readFailures(client, trials));
      if (reasons.length > 0) context.terminal.tell(reasons.join('\n'));
    });
}
