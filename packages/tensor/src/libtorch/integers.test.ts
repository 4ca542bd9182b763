import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { useNativeEngine } from '../testing/native-engine.js';

useNativeEngine();

const LEAST = -(2 ** 31);

function run(kernel: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}) {
  return tf.tidy(() => {
    const result: tf.Tensor = tf.engine().runKernel(kernel, inputs, attrs);
    return { dtype: result.dtype, values: [...result.dataSync()] };
  });
}

const dividends = [LEAST, LEAST, 7, -7, 7, -7, 5, 0, -5];
const divisors = [-1, 0, -2, 2, 2, -2, 0, 0, 0];

// As tfjs-backend-cpu: processors trap on the first quotient and on every divisor of 0.
test.each<[string, number[]]>([
  ['RealDiv', [LEAST, 0, -3, -3, 3, 3, 0, 0, 0]],
  ['FloorDiv', [LEAST, 0, -4, -4, 3, 3, 0, 0, 0]],
  ['Mod', [0, 0, -1, 1, 1, -1, 0, 0, 0]],
])('%s of integers has a value for every divisor', (kernel, values) => {
  const inputs = { a: tf.tensor1d(dividends, 'int32'), b: tf.tensor1d(divisors, 'int32') };
  expect(run(kernel, inputs)).toEqual({ dtype: 'int32', values });
});

test('a row of integers may be divided by one integer', () => {
  const quotient = tf.div(tf.tensor1d([LEAST, 9], 'int32'), tf.scalar(0, 'int32'));
  expect([...quotient.dataSync()]).toEqual([0, 0]);
});

const beyond = [NaN, Infinity, -Infinity, 3e9, -3e9, 1e20, 6442450944, -1.5, 2 ** 31, LEAST];

test('numbers beyond int32 become integers as in an Int32Array', () => {
  expect(run('Cast', { x: tf.tensor1d(beyond) }, { dtype: 'int32' })).toEqual({
    dtype: 'int32',
    values: [0, 0, 0, -1294967296, 1294967296, 0, LEAST, -1, LEAST, LEAST],
  });
});

test.each([
  [3e9, -1294967296],
  [NaN, 0],
  [Infinity, 0],
  [-1.7, -1],
])('integers may be filled, padded and marked with %d', (value, integer) => {
  const x = tf.tensor1d([1], 'int32');
  expect([...tf.fill([2], value, 'int32').dataSync()]).toEqual([integer, integer]);
  expect([...tf.pad(x, [[1, 1]], value).dataSync()]).toEqual([integer, 1, integer]);
  expect([...tf.oneHot(x, 2, value, 5, 'int32').dataSync()]).toEqual([5, integer]);
});

test('the mean of one integer is float32', () => {
  expect(run('Mean', { x: tf.scalar(3, 'int32') })).toEqual({ dtype: 'float32', values: [3] });
});

test('the sum of one boolean is an integer', () => {
  expect(run('Sum', { x: tf.scalar(1, 'bool') })).toEqual({ dtype: 'int32', values: [1] });
});

test('the extremes of no values are what any value would replace', () => {
  tf.tidy(() => {
    const empty = tf.zeros([2, 0, 3]);
    expect(tf.max(empty, 1).arraySync()).toEqual([
      [-Infinity, -Infinity, -Infinity],
      [-Infinity, -Infinity, -Infinity],
    ]);
    expect(tf.min(empty, 1, true).shape).toEqual([2, 1, 3]);
    expect(tf.min(empty).arraySync()).toBe(Infinity);
    expect(tf.max(tf.zeros([0], 'int32')).arraySync()).toBe(LEAST);
  });
});

test('a sum into no segments is empty', () => {
  const sums = tf.unsortedSegmentSum(tf.ones([2, 3]), tf.tensor1d([0, 1], 'int32'), 0);
  expect(sums.shape).toEqual([0, 3]);
  expect([...sums.dataSync()]).toEqual([]);
});
