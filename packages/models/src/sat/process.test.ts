import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startTestEngine } from '../testing/test-engine.js';
import { applySequence } from './process.js';

beforeAll(startTestEngine);

const X = [1, 3];
const PREVIOUS = [10, -10];
/** Mean 0 and deviation 1, then gamma 2 and beta 1. */
const normalised = (a: number, b: number): number[] => (a < b ? [-1, 3] : [3, -1]);

test.each([
  ['', X],
  ['d', [0, 6]],
  ['r', [11, -7]],
  ['n', normalised(1, 3)],
  // Residual, then norm of the sum.
  ['drn', normalised(0 + 10, 6 - 10)],
  ['rd', [0, -14]],
  // Norm, then dropout, then residual.
  ['ndr', [0 + 10, 2 * 3 - 10]],
])('"%s" is applied from its first letter to its last', (sequence, expected) => {
  tf.tidy(() => {
    const weights = new Map([
      ['place.gamma', tf.tensor1d([2, 2])],
      ['place.beta', tf.tensor1d([1, 1])],
    ]);
    const y = applySequence(
      sequence,
      tf.tensor2d(X, [1, 2]),
      tf.tensor2d(PREVIOUS, [1, 2]),
      'place',
      weights,
      (name) => (name === 'place' ? tf.tensor2d([0, 2], [1, 2]) : null),
    );
    // Layer norm adds 1e-6 to the variance.
    for (const [i, value] of y.dataSync().entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 4);
  });
});

test('before a part there is no residual', () => {
  const x = tf.tensor2d(X, [1, 2]);
  expect(() => applySequence('r', x, null, 'place', new Map(), () => null)).toThrow(
    '"r" has no meaning at place',
  );
  x.dispose();
});
