/** `capgrid dataset import karpathy`: Flickr8k, Flickr30k, COCO and what has their form. */
import { join } from 'node:path';
import { STORE_FOLDER } from '@capgrid/contracts';
import { importKarpathy, openFileStore, type KarpathyImport } from '@capgrid/data';
import type { Command } from 'commander';
import { checkReadable, checkRegular } from '../check-path.js';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { createCounter } from '../count-progress.js';
import { describeDataset, REPLACE_REMEDY, registerDataset } from '../datasets.js';
import { listenForInterrupt } from '../interrupt.js';
import { printable } from '../table/printable.js';
import { datasetName } from './parse-name.js';

interface Options {
  json: string;
  images: string[];
  name: string;
  replace?: true;
}

/** More are counted, not listed; the manifest has them all. */
const SHOWN_QUARANTINED = 10;

export function addImportKarpathy(importing: Command, context: Context): void {
  importing
    .command('karpathy')
    .description('import a Karpathy split file with its images; an interrupted import goes on')
    .requiredOption('--json <file>', 'split file, e.g. dataset_flickr8k.json')
    .requiredOption('--images <paths...>', 'folders, tar files and single images')
    .requiredOption('--name <name>', 'name of the dataset in sweeps', datasetName)
    .option('--replace', 'let the name stand for this dataset if it stands for another one')
    .addHelpText(
      'after',
      '\nExample:\n  ./capgrid dataset import karpathy --json dataset_flickr8k.json --images flickr8k.tar --name flickr8k',
    )
    .action((options: Options) => importDataset(context, options));
}

async function importDataset(context: Context, options: Options): Promise<void> {
  const { json, images, name, replace } = options;
  const { env, terminal } = context;
  await checkRegular(json);
  for (const path of images) await checkReadable(path);
  // Before hours of decoding, not after.
  const client = await connect(context);
  const store = await openFileStore(join(env.home, STORE_FOLDER));
  const interrupt = listenForInterrupt();
  const count = createCounter(terminal, 'images checked');
  const imported = await importKarpathy(store, {
    jsonPath: json,
    imagePaths: images,
    onProgress: ({ done, total, quarantined }) =>
      count({ done, total }, quarantined === 0 ? '' : `, ${quarantined} quarantined`),
    signal: interrupt.signal,
  });
  interrupt.release();
  for (const line of describeImport(imported)) terminal.tell(printable(line));
  const { dataset, isKnown } = await registerDataset(imported.manifest, {
    client,
    store,
    name,
    replace: replace === true,
    remedy: REPLACE_REMEDY,
  });
  terminal.print(`${describeDataset(dataset)}${isKnown ? ' (registered already)' : ''}`);
}

function describeImport({
  manifest,
  skippedSplits,
  identicalImages,
  repeatedFiles,
  reused,
}: KarpathyImport): string[] {
  const { quarantined } = manifest;
  const shown = quarantined.slice(0, SHOWN_QUARANTINED);
  const more = quarantined.length - shown.length;
  return [
    ...(reused > 0 ? [`${countImages(reused)} checked by an earlier import`] : []),
    ...shown.map(({ fileName, reason }) => `quarantined ${fileName}: ${reason}`),
    ...(more > 0 ? [`quarantined ${more} more, listed in the manifest`] : []),
    ...Object.entries(skippedSplits).map(
      ([split, images]) => `left out ${countImages(images)} of the split "${split}"`,
    ),
    ...(repeatedFiles.length > 0
      ? [
          `file names that occur twice: ${repeatedFiles.length}, of each the first was taken: ${repeatedFiles[0]}`,
        ]
      : []),
    ...(identicalImages.length > 0
      ? [`groups of images that are the same picture and weigh double: ${identicalImages.length}`]
      : []),
  ];
}

function countImages(images: number): string {
  return `${images} image${images === 1 ? '' : 's'}`;
}
