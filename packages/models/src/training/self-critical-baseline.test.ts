import { expect, test } from 'vitest';
import { byOwnLength, meansOfImages, meansOfOthers, repeated } from './self-critical-baseline.js';

/** Two images, the first with three samples, the second with two. */
const SAMPLES = [
  ['a', 'b', 'c'],
  ['d', 'e'],
];
const REWARDS = Float64Array.of(1, 2, 6, 4, 0);

test('each sample is compared with the mean of the others of its image', () => {
  expect([...meansOfOthers(REWARDS, SAMPLES)]).toEqual([4, 3.5, 1.5, 0, 4]);
});

test('each hypothesis is compared with the mean of its beam', () => {
  expect([...meansOfImages(REWARDS, SAMPLES)]).toEqual([3, 3, 3, 2, 2]);
});

test('each sample is compared with the greedy caption of its image', () => {
  expect([...repeated(Float64Array.of(5, 7), SAMPLES)]).toEqual([5, 5, 5, 7, 7]);
});

test('captions of 2, 4 and 6 words count with the means over their own words', () => {
  const weights = byOwnLength(Float64Array.of(1, -2, 3), [2, 4, 6]);
  expect([...weights]).toEqual([2, -2, 2]);
  // With 0.5, 1 and 2 a word: (1 * 0.5 - 2 * 1 + 3 * 2) / 3.
  const summed = [2 * 0.5, 4 * 1, 6 * 2];
  const loss = summed.reduce((sum, of, i) => sum + (weights[i] ?? 0) * of, 0) / 12;
  expect(loss).toBeCloseTo(4.5 / 3, 12);
});
