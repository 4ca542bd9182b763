/**
 * Against the recorded output of the real SPICE 1.0 on coco-caption's official example, which holds
 * numbers for COCO captions, is not distributed here and is skipped when absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readSpiceOutput, type SpiceRun } from './spice-score.js';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const sharedFolder = process.env['CAPGRID_SHARED'] ?? `${checkout}../shared`;
const file = `${sharedFolder}/golden/metrics/fakecap/expected.json.gz`;

const RUN: SpiceRun = {
  tool: 'tool',
  tokenizer: 'ptb-3.4.1',
  context: 'none',
  references: '5',
};

interface Recorded {
  image_ids: number[];
  per_image: { SPICE: number[] };
  spice_detail: { categories: Record<string, Record<'tp' | 'fp' | 'fn' | 'f', (number | null)[]>> };
}

it('finds the published SPICE of fakecap in the recorded scores', ({ skip }) => {
  if (!existsSync(file)) skip(`${file} is absent; set CAPGRID_SHARED to its folder.`);
  const recorded = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Recorded;
  const { categories } = recorded.spice_detail;
  const output = recorded.image_ids.map((_, index) => ({
    image_id: index,
    scores: Object.fromEntries(
      Object.entries(categories).map(([name, { tp, fp, fn, f }]) => [
        name,
        { tp: tp[index], fp: fp[index], fn: fn[index], f: f[index] },
      ]),
    ),
  }));
  const score = readSpiceOutput(
    JSON.stringify(output.toReversed()),
    recorded.image_ids.map(String),
    { ...RUN, tool: 'recorded' },
  );
  // numpy sums in pairs
  expect(score.corpus).toBeCloseTo(0.13288891803208094, 14);
  expect(score.perImage.map(({ f }) => f)).toEqual(recorded.per_image.SPICE);
  const ofCardinality = score.perImage.map((image) => image.categories['Cardinality']?.f ?? null);
  expect(ofCardinality.filter((f) => f === null)).toHaveLength(781);
  // F of each image follows from its counts
  for (const { f, categories: counts } of score.perImage) {
    const all = counts['All'];
    const { truePositives: tp = 0, falsePositives: fp = 0, falseNegatives: fn = 0 } = all ?? {};
    expect(tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn)).toBeCloseTo(f, 12);
  }
});

it('reads NaN, which is no JSON, as no value', () => {
  const text =
    '[{"image_id": 0, "scores": {"All": {"tp":0,"fp":0,"fn":0,"pr":NaN,"f": NaN},' +
    '"Size": {"tp":0,"fp":0,"fn":0,"f":NaN}}}]';
  const { corpus, perImage } = readSpiceOutput(text, ['one'], RUN);
  expect(corpus).toBe(0);
  expect(perImage[0]?.categories['Size']?.f).toBeNull();
});
