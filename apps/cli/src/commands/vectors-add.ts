/** `capgrid vectors add`: puts word vectors into the store and registers them. */
import { join } from 'node:path';
import { callApi, routes, STORE_FOLDER } from '@capgrid/contracts';
import { importVectors, openFileStore } from '@capgrid/data';
import type { Command } from 'commander';
import { asUsage } from '../as-usage.js';
import { checkRegular } from '../check-path.js';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { datasetName } from './parse-name.js';

interface Options {
  vectors: string;
  words?: string;
  name: string;
}

export function addVectorsAdd(command: Command, context: Context): void {
  command
    .command('add')
    .description('register word vectors for use in sweeps as model.vectors')
    .requiredOption(
      '--vectors <file>',
      'text with a word and its numbers in each line (GloVe, word2vec, fastText), or safetensors with the array "vectors"',
    )
    .option('--words <file>', 'with safetensors: the word of each row (JSON list)')
    .requiredOption('--name <name>', 'name in sweeps (model.vectors.name)', datasetName)
    .addHelpText(
      'after',
      '\nExamples:\n  ./capgrid vectors add --vectors glove.6B.300d.txt --name glove-300\n' +
        '  ./capgrid vectors add --vectors glove.safetensors --words glove.json --name glove',
    )
    .action(async ({ vectors, words, name }: Options) => {
      await checkRegular(vectors);
      if (words !== undefined) await checkRegular(words);
      const client = await connect(context);
      const store = await openFileStore(join(context.env.home, STORE_FOLDER));
      const imported = await asUsage(() => importVectors(store, vectors, words ?? null));
      const body = { name, ...imported };
      const added = await callApi(client, routes.registerVectors, { body });
      context.terminal.print(`${added.name}: ${added.words} words, width ${added.width}`);
    });
}
