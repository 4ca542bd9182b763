/**
 * Against numbers that coco-caption itself gave, from tokenised captions and from raw ones. `edge`
 * lies in test/golden; `fakecap` (its official example) holds COCO captions, is not distributed here
 * and is skipped when absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scoreBleu } from './bleu.js';
import { splitWords } from './caption-words.js';
import { createCiderDReward } from './cider-d-reward.js';
import { scoreCider, scoreCiderD } from './cider.js';
import { loadMeteorLexicon } from './meteor/lexicon.js';
import { createMeteor } from './meteor/meteor.js';
import type { MetricKey } from './metric-table.js';
import { scoreRougeL } from './rouge-l.js';
import { scoreCaptions, type CaptionsScore } from './score-captions.js';

/** Only the order of sums and the last digit of pow differ. */
const BLEU_AND_ROUGE_TOLERANCE = 1e-12;
/** Sums over n-grams run in hash order in the reference. */
const CIDER_TOLERANCE = 1e-9;
const METEOR_TOLERANCE = 1e-9;

interface Expected {
  image_ids: number[];
  corpus: Record<string, number>;
  per_image: Record<string, number[]>;
  tokenized: { candidates: string[]; references: string[][] };
}

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const sharedFolder = process.env['CAPGRID_SHARED'] ?? `${checkout}../shared`;

const CASES = [
  { name: 'edge', folder: `${checkout}test/golden/metrics/edge`, images: 205 },
  { name: 'fakecap', folder: `${sharedFolder}/golden/metrics/fakecap`, images: 1000 },
];

/** Our key, coco-caption's name and how far both may lie apart. */
const METRICS: [MetricKey, string, number][] = [
  ['bleu1', 'Bleu_1', BLEU_AND_ROUGE_TOLERANCE],
  ['bleu2', 'Bleu_2', BLEU_AND_ROUGE_TOLERANCE],
  ['bleu3', 'Bleu_3', BLEU_AND_ROUGE_TOLERANCE],
  ['bleu4', 'Bleu_4', BLEU_AND_ROUGE_TOLERANCE],
  ['meteor', 'METEOR_exact_stem_synonym', METEOR_TOLERANCE],
  ['rougeL', 'ROUGE_L', BLEU_AND_ROUGE_TOLERANCE],
  ['ciderD', 'CIDEr', CIDER_TOLERANCE],
  ['cider', 'CIDEr_plain_vrama91', CIDER_TOLERANCE],
];

function read<T>(folder: string, name: string): T {
  return JSON.parse(gunzipSync(readFileSync(`${folder}/${name}.json.gz`)).toString('utf8')) as T;
}

/** The annotation format of COCO and that of its results, joined by image in the golden order. */
function readItems(folder: string): { imageId: string; candidate: string; references: string[] }[] {
  type Caption = { image_id: number; caption: string };
  const candidates = new Map(
    read<Caption[]>(folder, 'candidates').map(({ image_id, caption }) => [image_id, caption]),
  );
  const references = new Map<number, string[]>();
  const { annotations } = read<{ annotations: Caption[] }>(folder, 'references');
  for (const { image_id, caption } of annotations) {
    references.set(image_id, [...(references.get(image_id) ?? []), caption]);
  }
  return read<Expected>(folder, 'expected').image_ids.map((imageId) => ({
    imageId: String(imageId),
    candidate: candidates.get(imageId) ?? '',
    references: references.get(imageId) ?? [],
  }));
}

function largestDifference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (expected[index] ?? NaN))),
    0,
  );
}

describe.for(CASES)('coco-caption on $name', ({ name, folder, images }) => {
  it('gives the same tokens and scores from raw captions, for the corpus and each image', async ({
    skip,
  }) => {
    if (!existsSync(folder))
      skip(`${name}: ${folder} is absent; set CAPGRID_SHARED to its folder.`);
    const golden = read<Expected>(folder, 'expected');
    const meteor = createMeteor({ lexicon: await loadMeteorLexicon() });
    const score: CaptionsScore = scoreCaptions(readItems(folder), { meteor });
    expect(score.images).toBe(images);
    expect(score.tokenized).toEqual(golden.tokenized);
    for (const [key, theirs, tolerance] of METRICS) {
      expect(
        largestDifference(
          [score.corpus[key] ?? NaN, ...score.perImage.map(({ scores }) => scores[key] ?? NaN)],
          [golden.corpus[theirs] ?? NaN, ...(golden.per_image[theirs] ?? [])],
        ),
        key,
      ).toBeLessThanOrEqual(tolerance);
    }
    const { candidates, references } = golden.tokenized;
    const [bleu1, bleu2, bleu3, bleu4] = scoreBleu(candidates, references).corpus;
    expect(score.corpus).toMatchObject({
      bleu1,
      bleu2,
      bleu3,
      bleu4,
      rougeL: scoreRougeL(candidates, references).corpus,
      ciderD: scoreCiderD(candidates, references).corpus,
      cider: scoreCider(candidates, references).corpus,
    });
  });
});

describe.for(CASES)('coco-caption on $name, as word ids', ({ name, folder }) => {
  it('gives the same CIDEr-D as a reward', ({ skip }) => {
    if (!existsSync(folder))
      skip(`${name}: ${folder} is absent; set CAPGRID_SHARED to its folder.`);
    const { tokenized, per_image } = read<Expected>(folder, 'expected');
    const ids = new Map<string, number>();
    const idsOf = (caption: string): Int32Array =>
      Int32Array.from(splitWords(caption), (word) => {
        const id = ids.get(word) ?? ids.size;
        ids.set(word, id);
        return id;
      });
    const candidates = tokenized.candidates.map(idsOf);
    const references = tokenized.references.map((ofImage) => ofImage.map(idsOf));
    const reward = createCiderDReward(references, { vocabularySize: ids.size });
    const rewards = reward.rewards([...candidates.keys()], candidates);
    expect(largestDifference([...rewards], per_image['CIDEr'] ?? [])).toBeLessThanOrEqual(
      CIDER_TOLERANCE,
    );
  });
});

it('finds the counts that coco-caption prints for edge', () => {
  const golden = read<Expected>(CASES[0]?.folder ?? '', 'expected');
  const { statistics } = scoreBleu(golden.tokenized.candidates, golden.tokenized.references);
  expect(statistics).toEqual({
    testLength: 2200,
    refLength: 1256,
    guess: [2200, 2007, 1829, 1661],
    correct: [714, 368, 220, 128],
  });
});
