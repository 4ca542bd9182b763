/** `capgrid vectors list` */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { renderList } from '../table/plain-list.js';

export function addVectorsList(command: Command, context: Context): void {
  command
    .command('list')
    .description('list registered word vectors')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid vectors list')
    .action(async (options: { json?: true }) => {
      const vectors = await callApi(await connect(context), routes.listVectors);
      if (options.json === true) {
        context.terminal.print(JSON.stringify(vectors, null, 2));
        return;
      }
      const rows = vectors.map(({ name, words, width, vectorsSha256, createdAt }) => [
        name,
        String(words),
        String(width),
        vectorsSha256.slice(0, 12),
        createdAt.slice(0, 16).replace('T', ' '),
      ]);
      const labels = ['name', 'words', 'width', 'vectors', 'added (UTC)'];
      context.terminal.print(renderList(labels, rows, tableStyle(context)));
    });
}
