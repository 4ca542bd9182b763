import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test } from 'vitest';
import { startEngine } from '../engine.js';

afterEach(() => {
  tf.disposeVariables();
});

test('on the CPU a captured step computes what the step computes, and leaves only its outputs', async () => {
  const { captureStep } = await startEngine('cpu');
  const weight = tf.variable(tf.tensor1d([1, 2]));
  const step = captureStep(([x, rate]) => {
    if (x === undefined || rate === undefined) throw new Error('two inputs');
    const loss = tf.sum(tf.mul(x, weight));
    weight.assign(tf.sub(weight, tf.mul(rate, x)));
    return [loss];
  });
  const inputs = [tf.tensor1d([3, 4]), tf.scalar(0.5)];
  const before = tf.memory().numTensors;
  const losses: unknown[] = [];
  for (let update = 0; update < 3; update += 1) {
    const [loss] = step(inputs);
    losses.push(loss?.dataSync()[0]);
    loss?.dispose();
  }
  // weight: [1, 2], [-0.5, 0], [-2, -2]
  expect(losses).toEqual([11, -1.5, -14]);
  expect(tf.memory().numTensors).toBe(before);
  step.dispose();
  tf.dispose(inputs);
});
