import * as tf from '@tensorflow/tfjs-core';
import { ShowAttendTellSpec } from '@capgrid/contracts';
import { beforeAll, expect, test } from 'vitest';
import { startTestEngine } from '../testing/test-engine.js';
import { extraLossOf } from './extra-loss.js';
import { BASELINE } from '../hard-attention/reinforce.js';

beforeAll(async () => {
  await startTestEngine();
});

/** Two captions of two words and of one; their attention at the first and the second step. */
const IS_WORD = [
  [1, 1],
  [1, 0],
];
const FIRST = [
  [0.75, 0.25, 0],
  [0.5, 0.5, 0],
];
const SECOND = [0.75, 0.25, 0];
/** The last region is padding. (1 - 1.5)² + (1 - 0.5)² = 0.5 and (1 - 0.5)² twice = 0.5. */
const SUM = 1;
/** Means over two regions, 0.25 each, times 3 words / 2 captions. */
const MEAN = 0.75;

/** The term with this attention at the second step. */
function lossOf(spec: object, second: number[][]): number {
  const parsed = ShowAttendTellSpec.parse({ decoder: 'show-attend-tell', ...spec });
  return tf.tidy(() => {
    const looks = {
      alpha: tf.tensor3d([FIRST, second]),
      mask: tf.tensor2d([true, true, false, true, true, false], [2, 3], 'bool'),
      drawn:
        parsed.locations === 'soft'
          ? null
          : { locations: tf.add(tf.zeros([2, 2, 1]), [1, 0, 0]), coin: tf.tensor1d([1]) },
    };
    const weights = new Map([[BASELINE, tf.tensor1d([0.5])]]);
    const losses = () => tf.mul(2, IS_WORD);
    const term = extraLossOf(parsed, weights, looks)?.(losses, tf.tensor2d(IS_WORD));
    return term?.loss?.dataSync()[0] ?? Number.NaN;
  });
}

test.each([
  { over: 'sum', expected: 2 * SUM },
  { over: 'mean', expected: 2 * MEAN },
])('doubly stochastic: words and real regions count, $over over regions', ({ over, expected }) => {
  const second = [SECOND, [0.25, 0.75, 0]];
  expect(lossOf({ doublyStochastic: { weight: 2, over } }, second)).toBeCloseTo(expected, 5);
});

test.each([
  { rewardWeight: 1, entropyWeight: 0 },
  { rewardWeight: 0, entropyWeight: 1 },
])('hard attention: %j counts words, not padding', (hard) => {
  const spec = { locations: 'hard', doublyStochastic: { weight: 0 }, hard };
  const loss = lossOf(spec, [SECOND, [0.5, 0.5, 0]]);
  expect(lossOf(spec, [SECOND, [0.25, 0.75, 0]])).toBe(loss);
  expect(lossOf(spec, [[0.5, 0.5, 0], SECOND])).not.toBeCloseTo(loss, 2);
});
