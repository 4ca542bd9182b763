/** `capgrid sweep retry ID`: another try for what has no result. */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { findSweepId } from '../sweeps/find-sweep.js';
import { progressLine } from '../sweeps/progress-lines.js';

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
      const changed = await callApi(client, routes.retrySweep, { params: { sweepId } });
      context.terminal.print(
        options.json === true
          ? JSON.stringify(changed, null, 2)
          : `${changed.name} ${changed.id} queued again: ${progressLine(changed.progress)}`,
      );
    });
}
