/** `capgrid dataset import scenes`: draws a synthetic dataset. */
import { join } from 'node:path';
import { STORE_FOLDER } from '@capgrid/contracts';
import { DEMO_SCENES, generateScenes, openFileStore } from '@capgrid/data';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { createCounter } from '../count-progress.js';
import { describeDataset, REPLACE_REMEDY, registerDataset } from '../datasets.js';
import { datasetName } from './parse-name.js';
import { wholeNumber } from './parse-number.js';

interface Options {
  seed: number;
  train: number;
  val: number;
  test: number;
  name: string;
  replace?: true;
}

export function addImportScenes(importing: Command, context: Context): void {
  const { seed, train, val, test } = DEMO_SCENES;
  importing
    .command('scenes')
    .description('draw coloured shapes with captions; the same seed gives the same dataset')
    .option('--seed <number>', 'seed', wholeNumber(0), seed)
    .option('--train <images>', 'images to train on', wholeNumber(1), train)
    .option('--val <images>', 'images to validate on', wholeNumber(1), val)
    .option('--test <images>', 'images to test on', wholeNumber(1), test)
    .option('--name <name>', 'name of the dataset in sweeps', datasetName, 'scenes')
    .option('--replace', 'let the name stand for this dataset if it stands for another one')
    .addHelpText('after', '\nExample:\n  ./capgrid dataset import scenes --seed 2 --name scenes-2')
    .action(async ({ name, replace, ...options }: Options) => {
      const { env, terminal } = context;
      const client = await connect(context);
      const store = await openFileStore(join(env.home, STORE_FOLDER));
      const onProgress = createCounter(terminal, 'scenes drawn');
      const manifest = await generateScenes(store, { ...options, onProgress });
      const { dataset, isKnown } = await registerDataset(manifest, {
        client,
        store,
        name,
        replace: replace === true,
        remedy: REPLACE_REMEDY,
      });
      terminal.print(`${describeDataset(dataset)}${isKnown ? ' (registered already)' : ''}`);
    });
}
