/** The line that `capgrid doctor` shows, from the real engine. */
import { startEngine } from '@capgrid/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { measureMatMul } from './measure-mat-mul.js';

it('measures a plausible rate and leaves no tensor behind', async () => {
  await startEngine('wasm');
  const before = tf.memory().numTensors;
  const rate = measureMatMul();
  // Plain JavaScript reaches about 1 GFLOP/s, the largest GPUs stay below a million.
  expect(rate).toBeGreaterThan(0.1);
  expect(rate).toBeLessThan(1e6);
  expect(tf.memory().numTensors).toBe(before);
});
