/** `capgrid sweep cancel ID`: ends a sweep. */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { findSweepId } from '../sweeps/find-sweep.js';
import { progressSummary } from '../sweeps/progress-lines.js';
import { printable } from '../table/printable.js';

export function addSweepCancel(sweep: Command, context: Context): void {
  sweep
    .command('cancel')
    .description('end what a sweep still has to do; finished trials stay')
    .argument('<sweep>', 'id, beginning of an id, or name (the newest of it)')
    .option('--json', 'print the sweep as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid sweep cancel demo')
    .action(async (wanted: string, options: { json?: true }) => {
      const client = await connect(context);
      const sweepId = await findSweepId(client, wanted);
      const before = await callApi(client, routes.getSweep, { params: { sweepId } });
      const name = printable(before.name);
      const isDone = before.progress.status !== 'running';
      const after = isDone
        ? before
        : await callApi(client, routes.cancelSweep, { params: { sweepId } });
      const told = isDone
        ? `nothing to cancel: ${name} ${before.id} is ${before.progress.status}`
        : `${name} ${after.id} cancelled: ${progressSummary(after.progress)}`;
      context.terminal.print(options.json === true ? JSON.stringify(after, null, 2) : told);
    });
}
