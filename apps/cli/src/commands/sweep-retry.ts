/** `capgrid sweep retry ID`: another try for what has no result. */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { findSweepId } from '../sweeps/find-sweep.js';
import { progressSummary } from '../sweeps/progress-lines.js';
import { printable } from '../table/printable.js';

export function addSweepRetry(sweep: Command, context: Context): void {
  sweep
    .command('retry')
    .description('queue the failed and cancelled trials of a sweep again')
    .argument('<sweep>', 'id, beginning of an id, or name (the newest of it)')
    .option('--json', 'print the sweep as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid sweep retry demo')
    .action(async (wanted: string, options: { json?: true }) => {
      const client = await connect(context);
      const sweepId = await findSweepId(client, wanted);
      const before = await callApi(client, routes.getSweep, { params: { sweepId } });
      const { trials } = before.progress;
      const name = printable(before.name);
      const isDone = trials.failed + trials.cancelled === 0;
      const after = isDone
        ? before
        : await callApi(client, routes.retrySweep, { params: { sweepId } });
      const told = isDone
        ? `nothing to retry: no trial of ${name} ${before.id} has failed or was cancelled`
        : `${name} ${after.id} queued again: ${progressSummary(after.progress)}`;
      context.terminal.print(options.json === true ? JSON.stringify(after, null, 2) : told);
    });
}
