/** `capgrid dataset list` */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { renderList } from '../table/plain-list.js';

const LABELS = ['name', 'train', 'val', 'test', 'captions', 'quarantined', 'digest', 'source'];
/** Enough to tell datasets apart. */
const DIGEST_CHARACTERS = 12;

export function addDatasetList(dataset: Command, context: Context): void {
  dataset
    .command('list')
    .description('list imported datasets')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid dataset list')
    .action(async (options: { json?: true }) => {
      const datasets = await callApi(await connect(context), routes.listDatasets);
      if (options.json === true) {
        context.terminal.print(JSON.stringify(datasets, null, 2));
        return;
      }
      const rows = datasets.map(({ name, images, captions, quarantined, digest, source }) => [
        name,
        String(images.train),
        String(images.val),
        String(images.test),
        String(captions),
        String(quarantined),
        digest.slice(0, DIGEST_CHARACTERS),
        source,
      ]);
      context.terminal.print(renderList(LABELS, rows, tableStyle(context)));
    });
}
