import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, expect, test } from 'vitest';
import { Linear } from './linear.js';
import { startTestEngine } from './testing/test-engine.js';

beforeAll(async () => {
  await startTestEngine();
  registerGradients();
});

type Product = (x: tf.Tensor) => tf.Tensor;

/** The gradients of weight [2, 3], bias [3] and x [1, 2] for the sum of what `use` makes. */
function gradients(kind: 'Linear' | 'matMul', use: (product: Product, x: tf.Tensor) => tf.Tensor) {
  return tf.tidy(() => {
    const loss = (weight: tf.Tensor, bias: tf.Tensor, x: tf.Tensor): tf.Tensor => {
      const linear = new Linear(weight, bias);
      const plain: Product = (row) => tf.add(tf.matMul(row, weight), bias);
      const product: Product = kind === 'Linear' ? (row) => linear.apply(row) : plain;
      // So that x has a gradient in each case.
      return tf.add(tf.sum(use(product, x)), tf.sum(x));
    };
    const start = [tf.tensor2d([[1, 2, 3], [4, 5, 6]]), tf.tensor1d([7, 8, 9]), tf.ones([1, 2])]; // prettier-ignore
    return tf
      .grads(loss)(start)
      .map((gradient) => [...gradient.dataSync()]);
  });
}

/** The gradient of each call counts, whatever its input depends on. All numbers are small integers. */
test.each<[string, (product: Product, x: tf.Tensor) => tf.Tensor, number[]]>([
  [
    'inputs that need no gradient',
    (product) => tf.add(product(tf.ones([1, 2])), product(tf.fill([1, 2], 3))),
    [4, 4, 4, 4, 4, 4],
  ],
  [
    'a first call that has no part in the loss',
    (product, x) => {
      product(x);
      return product(tf.fill([1, 2], 3));
    },
    [3, 3, 3, 3, 3, 3],
  ],
  [
    'a last call that has no part in the loss',
    (product, x) => {
      const first = product(x);
      product(tf.fill([1, 2], 3));
      return first;
    },
    [1, 1, 1, 1, 1, 1],
  ],
  [
    'an input made by the call before',
    (product, x) => product(tf.slice(product(x), [0, 1], [1, 2])),
    [15, 21, 30, 18, 24, 33],
  ],
])('the gradients of a repeated product with %s are those of matMul', (_, use, weight) => {
  const actual = gradients('Linear', use);
  expect(actual[0]).toEqual(weight);
  expect(actual).toEqual(gradients('matMul', use));
});

test('one object serves several backward passes', () => {
  tf.tidy(() => {
    const weight = tf.variable(tf.ones([2, 3]));
    const linear = new Linear(weight, null);
    const run = () =>
      tf.tidy(() => [
        ...tf
          .variableGrads(() => tf.sum<tf.Scalar>(linear.apply(tf.ones([1, 2]))), [weight])
          .grads[weight.name]!.dataSync(),
      ]);
    expect(run()).toEqual([1, 1, 1, 1, 1, 1]);
    expect(run()).toEqual([1, 1, 1, 1, 1, 1]);
    weight.dispose();
  });
});
