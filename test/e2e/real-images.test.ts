/**
 * Photographs, a registered ImageNet encoder and GloVe from import to table, on a few images of
 * Flickr8k. The pictures are not part of the project: without them the test is skipped.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ResultsTable, type SweepSpecInput } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from './capgrid-process.js';
import { TestStack } from './test-stack.js';

const DATA = join(process.env['CAPGRID_SHARED'] ?? resolve(ROOT, '../shared'), 'data');
const FILES = {
  json: join(DATA, 'dataset_flickr8k.json'),
  train: join(DATA, 'flickr8k_train_0.tar'),
  eval: join(DATA, 'flickr8k_eval.tar'),
  plan: join(DATA, 'mobilenet_edgetpu_224_1.0.json'),
  weights: join(DATA, 'mobilenet_edgetpu_224_1.0.safetensors'),
  vectors: join(DATA, 'glove_6B_50d_flickr8k.safetensors'),
  words: join(DATA, 'glove_6B_50d_flickr8k.json'),
};
const missing = Object.values(FILES).filter((path) => !existsSync(path));
const title =
  missing.length === 0
    ? 'a sweep on photographs'
    : `a sweep on photographs (skipped: ${missing[0]} is missing; set CAPGRID_SHARED)`;

const IMAGES = { train: 24, val: 6, test: 6 };

const SWEEP: SweepSpecInput = {
  name: 'photographs',
  dataset: 'flickr8k',
  base: {
    encoder: { kind: 'plan', name: 'mobilenet' },
    data: { limit: 30 },
    model: { hidden: 32, embed: 16, vectors: { name: 'glove', trainFrom: null } },
    schedule: { batchSize: 16, maxSteps: 10, checkpointEvery: 5 },
    decode: { beam: 2, maxWords: 10 },
  },
  grid: { 'model.attention.kind': ['none', 'mlp'] },
};

interface KarpathyImage {
  filename: string;
  split: string;
}

/** The first images of each split that lie in the tar files. */
async function chooseImages(): Promise<KarpathyImage[]> {
  const { images } = JSON.parse(await readFile(FILES.json, 'utf8')) as { images: KarpathyImage[] };
  const names = [FILES.train, FILES.eval].flatMap((path) =>
    execFileSync('tar', ['-tf', path], { encoding: 'utf8', maxBuffer: 2 ** 24 }).split('\n'),
  );
  const there = new Set(names.map((name) => name.split('/').at(-1)));
  return Object.entries(IMAGES).flatMap(([split, count]) =>
    images.filter((image) => image.split === split && there.has(image.filename)).slice(0, count),
  );
}

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.create();
});
afterAll(() => stack.dispose());

test.skipIf(missing.length > 0)(title, async () => {
  await stack.up();
  const json = await stack.write('few.json', { images: await chooseImages() });
  const sources = ['--json', json, '--images', FILES.train, FILES.eval];
  const imported = await stack.succeed(
    'dataset',
    'import',
    'karpathy',
    ...sources,
    '--name',
    'flickr8k',
  );
  expect(imported.stdout).toBe('flickr8k: 24 train, 6 val, 6 test images, 180 captions\n');
  const files = ['--plan', FILES.plan, '--weights', FILES.weights];
  await stack.succeed('encoder', 'add', ...files, '--name', 'mobilenet');
  const glove = ['--vectors', FILES.vectors, '--words', FILES.words];
  const added = await stack.succeed('vectors', 'add', ...glove, '--name', 'glove');
  expect(added.stdout).toBe('glove: 2640 words, width 50\n');

  const spec = await stack.writeSpec(SWEEP);
  const { stdout } = await stack.succeed('sweep', 'launch', spec, '--wait', '--json');

  const table = ResultsTable.parse(JSON.parse(stdout));
  expect(table).toMatchObject({ trialsFinished: 2, trialsTotal: 2 });
  expect(table.rows.map(({ assignment }) => Object.values(assignment))).toEqual([
    ['none'],
    ['mlp'],
  ]);
  // 30 images in the proportions of the splits leave five to score.
  expect(table.caption).toContain('Dataset flickr8k, test split (5 images)');
  const [trial] = await stack.trials(table.sweepId);
  // Of the words of all training captions 96.6 %.
  expect(trial?.training.vectorCoverage).toBeGreaterThan(0.9);
  expect(trial?.attempts.map(({ kind, status }) => [kind, status])).toEqual([
    ['features', 'finished'],
    ['training', 'finished'],
    ['evaluation', 'finished'],
  ]);
});
