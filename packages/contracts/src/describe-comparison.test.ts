import { expect, test } from 'vitest';
import type { Comparison } from './comparison.js';
import { describeComparison, isSignificant } from './describe-comparison.js';

const COMPARISON: Comparison = {
  sweepId: 's1',
  baseline: 0,
  level: 'images',
  test: 'paired-bootstrap',
  correction: 'holm',
  comparisons: 161,
  smallestAdjustedP: 0.0161,
  seed: 1,
  resamples: 10_000,
  confidence: 0.95,
  generator: 'mt19937',
  idf: 'fixed',
  images: 5000,
  columns: (['bleu4', 'ciderD'] as const).map((score) => ({
    score,
    label: score === 'ciderD' ? 'CIDEr-D' : 'B@4',
    unit: 'times100',
    decimals: 1,
    signature: '',
  })),
  rows: [],
  leftOut: [],
};

const WORDS = { mark: '†', noun: 'row' as const, numbersOf: (row: number) => [row + 1] };

test('method, resamples, seed, level of variance, correction and idf are said', () => {
  expect(describeComparison(COMPARISON, WORDS)).toEqual([
    'Each row minus the baseline (row 1), whose own scores stand in its row.',
    'In brackets: 95% interval of the difference by paired percentile bootstrap over images; it tells what other images would give with these trainings, not what other trainings would.',
    '5,000 images, 10,000 resamples, random seed 1 (mt19937).',
    "†: p < 0.05 after Holm's correction for 161 comparisons.",
    'CIDEr-D: idf fixed to that of the whole test set.',
  ]);
});

test('too few resamples are told', () => {
  expect(describeComparison({ ...COMPARISON, smallestAdjustedP: 0.16 }, WORDS)).toContain(
    'With so few resamples no difference can reach that; ask for more, or compare fewer scores.',
  );
});

test('two levels of variance and their test are named', () => {
  const sentences = describeComparison(
    {
      ...COMPARISON,
      level: 'images-and-seeds',
      test: 'welch',
      smallestAdjustedP: null,
      columns: [],
    },
    WORDS,
  ).join(' ');

  expect(sentences).toContain("by Welch's t over images and training seeds;");
  expect(sentences).not.toContain('ask for more');
  expect(sentences).not.toContain('idf');
});

test('the corrected p decides', () => {
  const interval = { low: 1, high: 3 };
  expect(isSignificant({ difference: 2, interval, p: 0.001, adjustedP: 0.049 })).toBe(true);
  expect(isSignificant({ difference: 2, interval, p: 0.001, adjustedP: 0.05 })).toBe(false);
  expect(isSignificant({ difference: 2, interval, p: null, adjustedP: null })).toBe(false);
});

test('a difference that nothing tests is told', () => {
  const cell = {
    mean: 30,
    interval: { low: 30, high: 30 },
    standardErrors: { images: 0, seeds: 0, both: 0 },
    comparison: { difference: 2, interval: { low: 2, high: 2 }, p: null, adjustedP: null },
  };
  const rows = [{ row: 1, assignment: {}, trainingSeeds: [1, 2], cells: { bleu4: cell } }];
  const level = 'images-and-seeds' as const;
  const untested = { ...COMPARISON, level, test: 'welch' as const, smallestAdjustedP: null, rows };
  expect(describeComparison(untested, WORDS)).toContain(
    'No mark where neither images nor seeds vary, which leaves nothing to test with.',
  );
});

test('rows left out for the same reason are named together', () => {
  const [running, other] = ['no seed has finished', 'other images'];
  const leftOut = [
    { row: 1, reason: running },
    { row: 2, reason: other },
    { row: 3, reason: running },
  ];
  expect(describeComparison({ ...COMPARISON, leftOut }, WORDS).slice(-2)).toEqual([
    'Left out: rows 2 and 4 (no seed has finished).',
    'Left out: row 3 (other images).',
  ]);
  const many = [1, 5, 6, 7, 9, 10].map((row) => ({ row, reason: running }));
  expect(describeComparison({ ...COMPARISON, leftOut: many }, WORDS).at(-1)).toBe(
    'Left out: rows 2, 6 to 8, 10 and 11 (no seed has finished).',
  );
});

test('a baseline without other rows has no method to tell', () => {
  const leftOut = [{ row: 1, reason: 'other images' }];
  expect(describeComparison({ ...COMPARISON, comparisons: 0, leftOut }, WORDS)).toEqual([
    'No row can be compared with the baseline (row 1).',
    'Left out: row 2 (other images).',
  ]);
});
