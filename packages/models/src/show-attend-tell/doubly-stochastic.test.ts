import * as tf from '@tensorflow/tfjs-core';
import { ShowAttendTellSpec } from '@capgrid/contracts';
import { beforeAll, expect, test } from 'vitest';
import { startTestEngine } from '../testing/test-engine.js';
import { extraLossOf } from './extra-loss.js';

beforeAll(async () => {
  await startTestEngine();
});

/** Two captions of two words and of one; the attention at padding must not count. */
const ALPHA = [
  [
    [0.75, 0.25, 0],
    [0.5, 0.5, 0],
  ],
  [
    [0.75, 0.25, 0],
    [0, 1, 0],
  ],
];
const IS_WORD = [
  [1, 1],
  [1, 0],
];
/** The last region is padding. (1 - 1.5)² + (1 - 0.5)² = 0.5 and (1 - 0.5)² twice = 0.5. */
const SUM = 1;
/** Means over two regions, 0.25 each, times 3 words / 2 captions. */
const MEAN = 0.75;

test.each([
  { over: 'sum', expected: 2 * SUM },
  { over: 'mean', expected: 2 * MEAN },
])('words and real regions count, $over over regions', ({ over, expected }) => {
  const spec = ShowAttendTellSpec.parse({
    decoder: 'show-attend-tell',
    doublyStochastic: { weight: 2, over },
  });
  tf.tidy(() => {
    const mask = tf.tensor2d([true, true, false, true, true, false], [2, 3], 'bool');
    const looks = { alpha: tf.tensor3d(ALPHA), mask, drawn: null };
    const term = extraLossOf(spec, new Map(), looks)?.(tf.zeros([2, 2]), tf.tensor2d(IS_WORD));
    expect(term?.loss?.dataSync()[0]).toBeCloseTo(expected, 5);
    expect(term?.updates.size).toBe(0);
  });
});
