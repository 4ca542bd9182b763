/** `capgrid encoder list` */
import { callApi, routes } from '@capgrid/contracts';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import { tableStyle, type Context } from '../context.js';
import { renderList } from '../table/plain-list.js';

export function addEncoderList(encoder: Command, context: Context): void {
  encoder
    .command('list')
    .description('list registered encoders')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  ./capgrid encoder list')
    .action(async (options: { json?: true }) => {
      const encoders = await callApi(await connect(context), routes.listEncoders);
      if (options.json === true) {
        context.terminal.print(JSON.stringify(encoders, null, 2));
        return;
      }
      const rows = encoders.map((one) => [
        one.name,
        one.kind,
        one.kind === 'plan' ? one.planSha256.slice(0, 12) : '',
        (one.kind === 'plan' ? one.weightsSha256 : one.precomputedSha256).slice(0, 12),
        one.createdAt.slice(0, 16).replace('T', ' '),
      ]);
      const labels = ['name', 'kind', 'plan', 'weights or features', 'added (UTC)'];
      context.terminal.print(renderList(labels, rows, tableStyle(context)));
    });
}
