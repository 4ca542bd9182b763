import { expect, test } from 'vitest';
import { meansOfImages, meansOfOthers, repeated } from './self-critical-baseline.js';

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
