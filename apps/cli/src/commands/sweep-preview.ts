/** `capgrid sweep preview FILE`: what a launch would do. */
import { callApi, routes, type SweepPreview } from '@capgrid/contracts';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { droppedLines } from '../sweeps/dropped-lines.js';
import { noteLines } from '../sweeps/note-lines.js';
import { readSpec } from '../sweeps/read-spec.js';
import { describeReuse } from '../sweeps/reuse-text.js';
import type { TableStyle } from '../table/booktabs.js';
import { factorCells, factorHeads } from '../table/factor-cells.js';
import { renderList } from '../table/plain-list.js';
import { wholeNumber } from './parse-number.js';

interface Options {
  json?: true;
  limit?: number;
}

export function addSweepPreview(sweep: Command, context: Context): void {
  sweep
    .command('preview')
    .description('check a sweep file and tell what launching it would do')
    .argument('<file>', 'YAML or JSON sweep spec')
    .option('--limit <images>', 'use only this many images of the dataset', wholeNumber(3))
    .option('--json', 'print the preview as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid sweep preview sweeps/demo.yaml --json')
    .action(async (file: string, options: Options) => {
      const spec = await readSpec(file, { limit: options.limit ?? null });
      const client = await connect(context);
      const preview = await callApi(client, routes.previewSweep, { body: { spec } });
      context.terminal.print(
        options.json === true
          ? JSON.stringify(preview, null, 2)
          : describePreview(preview, tableStyle(context)),
      );
      if (preview.trials > 0) return;
      throw new CliError(
        'bad-spec',
        'every cell of the sweep is dropped, so it cannot be launched. Change what the reasons name.',
      );
    });
}

function describePreview(preview: SweepPreview, style: TableStyle): string {
  const { factors, cells, dropped } = preview;
  const rows = cells.map(({ assignment, seed, isReused }) => [
    ...factorCells(factors, assignment, style),
    String(seed),
    isReused ? 'reused' : 'new',
  ]);
  return [
    describeReuse(preview),
    ...(rows.length > 0
      ? [renderList([...factorHeads(factors), 'seed', 'result'], rows, style)]
      : []),
    ...droppedLines(dropped),
    ...noteLines(preview),
  ].join('\n');
}
