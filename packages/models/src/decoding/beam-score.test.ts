import { DecodeSpec } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { compareScores, finishedScore, type ScoreSettings } from './beam-score.js';

const score = (changes: Partial<ScoreSettings>, words = 3) =>
  finishedScore(-6, words, { ...DecodeSpec.parse({}), ...changes });

test('a score is that of its definition', () => {
  expect(score({ norm: 'sum' })).toBe(-6);
  expect(score({ norm: 'per_step' })).toBe(-1.5);
  expect(score({ norm: 'on_finish' })).toBe(-2);
  expect(score({ norm: 'on_finish', divisor: 'words+1' })).toBe(-1.5);
  // (5 + 3)^0.5 / (5 + 1)^0.5
  expect(score({ norm: 'on_finish', lengthPenalty: { alpha: 0.5, beta: 5 } })).toBeCloseTo(
    -6 / Math.sqrt(8 / 6),
    12,
  );
});

test('the largest penalties of a spec leave scores that can be ranked', () => {
  const largest = { lengthPenalty: { alpha: 10, beta: 100 } };
  const scores = [1, 30, 200].map((words) => score(largest, words));
  expect(scores.every((value) => Number.isFinite(value) && value < 0)).toBe(true);
  expect(scores.toSorted(compareScores)).toEqual(scores);
});
