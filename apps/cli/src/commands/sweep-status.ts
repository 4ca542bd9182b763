/** `capgrid sweep status ID`: how far a sweep is, and its trials. */
import { callApi, routes, type Sweep, type TrialSummary } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { readFailures, reasonLines } from '../sweeps/failure-reasons.js';
import { findSweepId } from '../sweeps/find-sweep.js';
import { progressLines } from '../sweeps/progress-lines.js';
import type { TableStyle } from '../table/booktabs.js';
import { factorCells, factorHeads } from '../table/factor-cells.js';
import { renderList } from '../table/plain-list.js';
import { printable } from '../table/printable.js';
import { waitForOutcome } from './sweep-launch.js';

interface Options {
  json?: true;
  wait?: true;
}

export function addSweepStatus(sweep: Command, context: Context): void {
  sweep
    .command('status')
    .description('tell how far a sweep is')
    .argument('<sweep>', 'id, beginning of an id, or name (the newest of it)')
    .option('--wait', 'follow it to its end and print the results table')
    .option('--json', 'print the sweep, or with --wait its results table, as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid sweep status demo')
    .action((wanted: string, options: Options) => status(context, wanted, options));
}

async function status(context: Context, wanted: string, options: Options): Promise<void> {
  const { terminal } = context;
  const client = await connect(context);
  const sweepId = await findSweepId(client, wanted);
  if (options.wait === true) {
    await waitForOutcome(context, { client, sweepId, isJson: options.json === true });
    return;
  }
  const params = { sweepId };
  const sweep = await callApi(client, routes.getSweep, { params });
  if (options.json === true) {
    terminal.print(JSON.stringify(sweep, null, 2));
    return;
  }
  const { trials } = await callApi(client, routes.listTrials, { params });
  const reasons = reasonLines(await readFailures(client, trials));
  terminal.print([describeSweep(sweep, trials, tableStyle(context)), ...reasons].join('\n'));
}

function describeSweep(sweep: Sweep, trials: readonly TrialSummary[], style: TableStyle): string {
  const rows = trials.map(({ number, assignment, seed, status: state }) => [
    String(number),
    ...factorCells(sweep.factors, assignment, style),
    String(seed),
    state,
  ]);
  return [
    `${printable(sweep.name)}  ${sweep.id}  ${sweep.progress.status}`,
    ...progressLines(sweep.progress, style.hasUnicode),
    renderList(['trial', ...factorHeads(sweep.factors), 'seed', 'status'], rows, style),
  ].join('\n');
}
