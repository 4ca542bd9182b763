/** What the fused kernels do with inputs that @capgrid/ops' own tests on every backend leave out. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { useNativeEngine } from '../testing/native-engine.js';

useNativeEngine();

/** Below the checks of @capgrid/ops. */
function runKernel(name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}): unknown {
  return tf.tidy(() => tf.engine().runKernel(name, inputs, attrs));
}

describe('layer norm', () => {
  const gradient = (dy: tf.Tensor, x: tf.Tensor, width: number, rows: number) =>
    runKernel('LayerNormGrad', {
      dy,
      x,
      gamma: tf.ones([width]),
      mean: tf.ones([rows]),
      inverseDeviation: tf.ones([rows]),
    });

  test.each<[string, () => unknown, string]>([
    [
      'a gradient of another shape than x',
      () => gradient(tf.ones([1, 4]), tf.ones([2000, 1024]), 1024, 2000),
      'dy should have the shape of x, [2000, 1024] float32, it is [1, 4] float32',
    ],
    [
      'a scalar',
      () => gradient(tf.scalar(1), tf.scalar(1), 1, 1),
      'x should have rank 1 or more, it is [] float32',
    ],
    [
      'a scalar before the gradient',
      () =>
        runKernel(
          'LayerNorm',
          { x: tf.scalar(1), gamma: tf.ones([1]), beta: tf.ones([1]) },
          { epsilon: 1e-5 },
        ),
      'x should have rank 1 or more, it is [] float32',
    ],
    [
      'integers',
      () => gradient(tf.ones([2, 3]), tf.ones([2, 3], 'int32'), 3, 2),
      'x should be float32, it is [2, 3] int32',
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('multi-head attention', () => {
  const forward = (model: number, heads: number, values = model) =>
    runKernel(
      'MultiHeadAttention',
      {
        query: tf.ones([1, 2, model]),
        keys: tf.ones([1, 2, model]),
        values: tf.ones([1, 2, values]),
      },
      { heads, scale: 1, isCausal: false },
    );
  const gradient = (model: number, heads: number) =>
    runKernel(
      'MultiHeadAttentionGrad',
      {
        dContext: tf.ones([1, 2, model]),
        query: tf.ones([1, 2, model]),
        keys: tf.ones([1, 2, model]),
        values: tf.ones([1, 2, model]),
        alpha: tf.ones([1, Math.max(heads, 0), 2, 2]),
      },
      { heads, scale: 1 },
    );

  test.each<[string, () => unknown, string]>([
    ['no head', () => forward(4, 0), 'there should be 1 head or more, not 0'],
    ['less than no head', () => forward(4, -2), 'there should be 1 head or more, not -2'],
    ['no head in the gradient', () => gradient(4, 0), 'there should be 1 head or more, not 0'],
    ['a part of a head', () => forward(4, 3), '3 heads cannot share the 4 values of query'],
    [
      'a part of a head of the values',
      () => forward(4, 2, 3),
      '2 heads cannot share the 3 values of values',
    ],
    [
      'a part of a head in the gradient',
      () => gradient(4, 3),
      '3 heads cannot share the 4 values of query',
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
