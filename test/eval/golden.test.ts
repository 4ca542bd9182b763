/** `capgrid eval` against coco-caption: provenance in test/golden/metrics. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CapgridProcess, ROOT } from '../e2e/capgrid-process.js';

// Each test starts processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const SHARED = process.env['CAPGRID_SHARED'] ?? join(ROOT, '../shared');

/** Sums in another order differ in the last digits: CIDEr's idf makes more of them. */
const TOLERANCE = 1e-9;

/** Names in `--json`, and those of the recorded values. */
const NAMES = {
  'BLEU-1': 'Bleu_1',
  'BLEU-2': 'Bleu_2',
  'BLEU-3': 'Bleu_3',
  'BLEU-4': 'Bleu_4',
  METEOR: 'METEOR_exact_stem_synonym',
  'ROUGE-L': 'ROUGE_L',
  'CIDEr-D': 'CIDEr',
  CIDEr: 'CIDEr_plain_vrama91',
} as const;

interface Expected {
  image_ids: number[];
  corpus: Record<string, number>;
  per_image: Record<string, number[]>;
}

interface ImageLine {
  image_id: number;
  scores: Record<string, number>;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-eval-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function evaluate(golden: string, ...options: string[]) {
  const perImage = join(folder, 'per-image.jsonl');
  const files = ['--references', join(golden, 'references.json.gz')];
  files.push('--candidates', join(golden, 'candidates.json.gz'));
  const args = ['eval', ...files, '--json', '--per-image', perImage, ...options];
  const { exitCode, stdout, stderr } = await new CapgridProcess(args, {}).ended();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = readFileSync(perImage, 'utf8').trimEnd().split('\n');
  return {
    result: JSON.parse(stdout) as { images: number; corpus: Record<string, number> },
    images: lines.map((line) => JSON.parse(line) as ImageLine),
    expected: JSON.parse(
      gunzipSync(readFileSync(join(golden, 'expected.json.gz'))).toString(),
    ) as Expected,
  };
}

/** The largest difference to a recorded value, over corpus and images. */
function largestDifference(
  { result, images, expected }: Awaited<ReturnType<typeof evaluate>>,
  names: Record<string, string> = NAMES,
): number {
  const differences = Object.entries(names).flatMap(([name, recorded]) => [
    Math.abs((result.corpus[name] ?? NaN) - (expected.corpus[recorded] ?? NaN)),
    ...images.map(({ scores }, index) =>
      Math.abs((scores[name] ?? NaN) - (expected.per_image[recorded]?.[index] ?? NaN)),
    ),
  ]);
  return Math.max(...differences);
}

describe.each([
  ['edge', join(ROOT, 'test/golden/metrics/edge'), 205],
  ['fakecap', join(SHARED, 'golden/metrics/fakecap'), 1000],
])('%s', (_, golden, count) => {
  test('has the scores of coco-caption within 1e-9, image by image', async ({ skip }) => {
    skip(!existsSync(golden), `${golden} is not there: its captions are not in this repository`);
    const run = await evaluate(golden);
    expect(run.result.images).toBe(count);
    expect(Object.keys(run.result.corpus)).toEqual(Object.keys(NAMES));
    expect(run.images.map(({ image_id }) => image_id)).toEqual(run.expected.image_ids);
    expect(largestDifference(run)).toBeLessThan(TOLERANCE);
  });

  test('has the METEOR of all four modules with a paraphrase table', async ({ skip }) => {
    const table = join(SHARED, 'golden/metrics/synthetic-paraphrase-en.gz');
    skip(!existsSync(table) || !existsSync(golden), `${table} is not there`);
    const run = await evaluate(golden, '--meteor-paraphrases', table);
    const names = { ...NAMES, METEOR: 'METEOR_all_synthetic_paraphrase' };
    expect(largestDifference(run, names)).toBeLessThan(TOLERANCE);
  });
});
