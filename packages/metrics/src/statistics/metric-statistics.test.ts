import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { scoreBleu } from '../bleu.js';
import { meteorStatisticsFromArray } from '../meteor/statistics.js';
import { resamplingStatistics, type ResamplingSource } from './metric-statistics.js';
import { scoreOf } from './scored-run.js';
import { sourceOf } from './testing/scored-images.js';

const METEOR = 'METEOR_exact_stem_synonym';
/** Sums of weighted matches are rounded in another place than weighted sums. */
const ROUNDING = 1e-12;

/** 205 hand-made captions with the numbers of coco-caption. */
function edge(): { source: ResamplingSource; corpus: Record<string, number> } {
  const file = new URL('../../../../test/golden/metrics/edge/expected.json.gz', import.meta.url);
  const golden = JSON.parse(gunzipSync(readFileSync(fileURLToPath(file))).toString('utf8')) as {
    image_ids: number[];
    corpus: Record<string, number>;
    per_image: Record<string, number[]>;
    tokenized: { candidates: string[]; references: string[][] };
    meteor_stats: Record<string, number[][]>;
  };
  const bleu = scoreBleu(golden.tokenized.candidates, golden.tokenized.references);
  const source: ResamplingSource = {
    perImage: golden.image_ids.map((imageId, index) => ({
      imageId: String(imageId),
      scores: {
        rougeL: golden.per_image['ROUGE_L']![index]!,
        ciderD: golden.per_image['CIDEr']![index]!,
        cider: golden.per_image['CIDEr_plain_vrama91']![index]!,
      },
      bleu: bleu.perImageStatistics[index]!,
      meteor: meteorStatisticsFromArray(golden.meteor_stats[METEOR]![index]!),
    })),
    signatures: {
      bleu1: 's',
      bleu2: 's',
      bleu3: 's',
      bleu4: 's',
      meteor: 's',
      rougeL: 's',
      ciderD: 's',
      cider: 's',
      distinct1: 's',
    },
    labels: { meteor: 'METEOR (exact, stem, synonym)' },
  };
  return { source, corpus: golden.corpus };
}

it("sums to coco-caption's corpus scores of edge, complete one-chunk images included", () => {
  const { source, corpus } = edge();
  const scores = resamplingStatistics(source).map((metric) => [metric.metric, scoreOf(metric)]);
  const expected = [
    ['bleu1', 'Bleu_1'],
    ['bleu2', 'Bleu_2'],
    ['bleu3', 'Bleu_3'],
    ['bleu4', 'Bleu_4'],
    ['meteor', METEOR],
    ['rougeL', 'ROUGE_L'],
    ['ciderD', 'CIDEr'],
    ['cider', 'CIDEr_plain_vrama91'],
  ].map(([metric, key]) => [metric, corpus[key!]]);
  expect(scores.map(([metric]) => metric)).toEqual(expected.map(([metric]) => metric));
  for (const [index, [, score]] of scores.entries()) {
    expect(Math.abs(Number(score) - Number(expected[index]![1]))).toBeLessThan(ROUNDING);
  }
});

it('reduces BLEU to 10 and METEOR to 6 numbers an image; BLEU-1..4 share theirs', () => {
  const statistics = resamplingStatistics(edge().source);
  expect(statistics.map(({ width }) => width)).toEqual([10, 10, 10, 10, 6, 1, 1, 1]);
  expect(statistics[3]?.columns).toBe(statistics[0]?.columns);
  expect(statistics[4]?.label).toBe('METEOR (exact, stem, synonym)');
});

it('orders images by id, whatever the order of the input', () => {
  const [forth] = resamplingStatistics(sourceOf([1, 2, 3], ['b', 'a10', 'a9']));
  const [back] = resamplingStatistics(sourceOf([3, 2, 1], ['a9', 'a10', 'b']));
  expect(forth?.imageIds).toEqual(['a10', 'a9', 'b']);
  expect([...forth!.columns]).toEqual([2, 3, 1]);
  expect(back).toEqual({ ...forth, fromSums: back?.fromSums });
});

it('takes perplexity as a geometric mean', () => {
  const source = sourceOf([0, 0]);
  const [perplexity] = resamplingStatistics({
    ...source,
    perImage: source.perImage.map((image, index) => ({
      ...image,
      scores: { perplexity: [2, 8][index]! },
    })),
    signatures: { perplexity: 's' },
  });
  expect(scoreOf(perplexity!)).toBeCloseTo(4, 12);
});

it.each([
  ['no-images', sourceOf([]), 'There are 0 images'],
  ['duplicate-image-id', sourceOf([1, 2], ['7', '7']), '"7" occurs twice'],
  ['value-not-finite', sourceOf([1, NaN]), '"image-1" has the values NaN for ROUGE-L'],
  [
    'missing-value',
    { ...sourceOf([1, 2]), signatures: { spice: 's' } },
    '"image-0" has no value for SPICE',
  ],
])('refuses with %s', (code, source, message) => {
  expect(() => resamplingStatistics(source)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});
