import { ComparisonQuery, type ResultsRow } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import type { ResultTrial } from '../results/build-results-table.js';
import { sha256Of } from '../testing/fixtures.js';
import { planComparison } from './plan-comparison.js';

const SEEDS = 3;

/** Rows of three trainings, as far as a plan reads them. */
function planOf(rows: number, images: number, query: Partial<ComparisonQuery>) {
  const trials: Partial<ResultTrial>[] = [];
  const table: Partial<ResultsRow>[] = Array.from({ length: rows }, (_, row) => {
    const trialIds = Array.from({ length: SEEDS }, (__, seed) => `trl_${row}_${seed}`);
    for (const [seed, id] of trialIds.entries()) {
      const predictionsSha256 = sha256Of(id);
      trials.push({ id, seed, status: 'finished', captions: images, predictionsSha256 });
    }
    const cell = { mean: 30, std: 1, interval: null, isBest: false, delta: null, signature: 's' };
    const scores = { bleu4: cell, meteor: cell, ciderD: cell };
    return { assignment: { row }, trialIds, seedsFinished: SEEDS, scores, mixed: {} };
  });
  return planComparison(
    { rows: table as ResultsRow[] },
    trials as ResultTrial[],
    ComparisonQuery.parse(query),
  );
}

test('resamples are 100 per comparison, as far as work and reader allow', () => {
  expect(planOf(2, 5000, {}).resamples).toBe(1000);
  expect(planOf(11, 5000, {}).resamples).toBe(3000);
  expect(planOf(300, 100, {}).resamples).toBe(10_000);
  // 72 trainings of 5,000 images: 2e9 / 360,000
  expect(planOf(24, 5000, {}).resamples).toBe(5555);
  expect(planOf(300, 40_504, {}).resamples).toBe(1000);
});

test('more resamples than the work allows are refused with the limit', () => {
  expect(planOf(24, 5000, { resamples: 5555 }).resamples).toBe(5555);
  expect(planOf(300, 40_504, { resamples: 1000 }).resamples).toBe(1000);
  expect(() => planOf(24, 5000, { resamples: 5556 })).toThrow(
    expect.objectContaining({
      status: 422,
      code: 'too-many-resamples',
      message: 'resamples is 5556: 72 trainings on 5000 images allow at most 5555 resamples.',
    }),
  );
});
