/**
 * Against numbers that coco-caption itself gave. `edge` lies in test/golden; `fakecap` (its official
 * example) holds COCO captions, is not distributed here and is skipped when absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scoreBleu } from './bleu.js';
import { scoreCiderD } from './cider.js';
import { scoreRougeL } from './rouge-l.js';

/** Only the order of sums and the last digit of pow differ. */
const BLEU_AND_ROUGE_TOLERANCE = 1e-12;
/** Sums over n-grams run in hash order in the reference. */
const CIDER_TOLERANCE = 1e-9;

interface Expected {
  image_ids: number[];
  corpus: Record<string, number>;
  per_image: Record<string, number[]>;
  tokenized: { candidates: string[]; references: string[][] };
}

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const sharedFolder = process.env['CAPGRID_SHARED'] ?? `${checkout}../shared`;

const CASES = [
  { name: 'edge', file: `${checkout}test/golden/metrics/edge/expected.json.gz`, images: 205 },
  {
    name: 'fakecap',
    file: `${sharedFolder}/golden/metrics/fakecap/expected.json.gz`,
    images: 1000,
  },
];

function largestDifference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (expected[index] ?? NaN))),
    0,
  );
}

describe.for(CASES)('coco-caption on $name', ({ name, file, images }) => {
  it('gives the same BLEU, ROUGE-L and CIDEr-D for the corpus and for each image', ({ skip }) => {
    if (!existsSync(file)) skip(`${name}: ${file} is absent; set CAPGRID_SHARED to its folder.`);
    const golden = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Expected;
    const { candidates, references } = golden.tokenized;
    expect(candidates).toHaveLength(images);

    const bleu = scoreBleu(candidates, references);
    for (const order of [0, 1, 2, 3] as const) {
      const key = `Bleu_${order + 1}`;
      const ofImages = bleu.perImage.map((image) => image[order]);
      expect(
        largestDifference([bleu.corpus[order]], [golden.corpus[key] ?? NaN]),
      ).toBeLessThanOrEqual(BLEU_AND_ROUGE_TOLERANCE);
      expect(largestDifference(ofImages, golden.per_image[key] ?? [])).toBeLessThanOrEqual(
        BLEU_AND_ROUGE_TOLERANCE,
      );
    }

    const rouge = scoreRougeL(candidates, references);
    expect(
      largestDifference(
        [rouge.corpus, ...rouge.perImage],
        [golden.corpus['ROUGE_L'] ?? NaN, ...(golden.per_image['ROUGE_L'] ?? [])],
      ),
    ).toBeLessThanOrEqual(BLEU_AND_ROUGE_TOLERANCE);

    const cider = scoreCiderD(candidates, references);
    expect(
      largestDifference(
        [cider.corpus, ...cider.perImage],
        [golden.corpus['CIDEr'] ?? NaN, ...(golden.per_image['CIDEr'] ?? [])],
      ),
    ).toBeLessThanOrEqual(CIDER_TOLERANCE);
  });
});

it('finds the counts that coco-caption prints for edge', () => {
  const golden = JSON.parse(
    gunzipSync(readFileSync(CASES[0]?.file ?? '')).toString('utf8'),
  ) as Expected;
  const { statistics } = scoreBleu(golden.tokenized.candidates, golden.tokenized.references);
  expect(statistics).toEqual({
    testLength: 2200,
    refLength: 1256,
    guess: [2200, 2007, 1829, 1661],
    correct: [714, 368, 220, 128],
  });
});
