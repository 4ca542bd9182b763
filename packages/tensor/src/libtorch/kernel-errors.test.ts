import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { nativeBackend, nativeBinding, useNativeEngine } from '../testing/native-engine.js';

useNativeEngine();

/** Below tfjs-core's own checks of shapes. */
function runKernel(name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}): unknown {
  return tf.tidy(() => tf.engine().runKernel(name, inputs, attrs));
}

test.each<[string, () => unknown, string]>([
  [
    'two shapes that do not broadcast',
    () => runKernel('Add', { a: tf.ones([3, 2]), b: tf.ones([4]) }),
    'Add: The size of tensor a (2) must match the size of tensor b (4) at non-singleton dimension 1 (inputs: [3, 2] float32, [4] float32)',
  ],
  [
    'matrices whose inner sizes differ',
    () => runKernel('BatchMatMul', { a: tf.ones([3, 2]), b: tf.ones([3, 2]) }),
    'BatchMatMul: the inner sizes differ: 2 of a, 3 of b (inputs: [3, 2] float32, [3, 2] float32)',
  ],
  [
    'a vector instead of a matrix',
    () => runKernel('BatchMatMul', { a: tf.ones([3]), b: tf.ones([3, 2]) }),
    'BatchMatMul: a should have rank 2 or more, it is [3] float32 (inputs: [3] float32, [3, 2] float32)',
  ],
  [
    'a filter for other channels',
    () =>
      runKernel(
        'Conv2D',
        { x: tf.ones([1, 4, 4, 2]), filter: tf.ones([3, 3, 5, 4]) },
        { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 },
      ),
    'Conv2D: the filter takes 5 channels, x has 2 (inputs: [1, 4, 4, 2] float32, [3, 3, 5, 4] float32)',
  ],
  [
    'integers where a convolution wants floats',
    () =>
      runKernel(
        'Conv2D',
        { x: tf.ones([1, 4, 4, 2], 'int32'), filter: tf.ones([3, 3, 2, 4]) },
        { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 },
      ),
    'Conv2D: x should be float32, it is [1, 4, 4, 2] int32 (inputs: [1, 4, 4, 2] int32, [3, 3, 2, 4] float32)',
  ],
  [
    'an index outside of the rows',
    () => tf.gather(tf.ones([2, 3]), tf.tensor1d([0, 5], 'int32')),
    'GatherV2: the index value 5 is not in [0, 1] (inputs: [2, 3] float32, [2] int32)',
  ],
  [
    'indices that are not integers',
    () =>
      runKernel('GatherV2', { x: tf.ones([2]), indices: tf.ones([1]) }, { axis: 0, batchDims: 0 }),
    'GatherV2: indices should be int32, it is [1] float32 (inputs: [2] float32, [1] float32)',
  ],
  [
    'more of the largest than there are',
    () => runKernel('TopK', { x: tf.ones([2, 3]) }, { k: 4, sorted: true }),
    'TopK: there are no 4 values in each row of [2, 3] float32 (inputs: [2, 3] float32)',
  ],
  [
    'segments for other rows',
    () =>
      runKernel(
        'UnsortedSegmentSum',
        { x: tf.ones([2, 3]), segmentIds: tf.ones([4], 'int32') },
        { numSegments: 5 },
      ),
    'UnsortedSegmentSum: segmentIds should have one id for each row of x [2, 3] float32, it is [4] int32 (inputs: [2, 3] float32, [4] int32)',
  ],
])('%s is refused with expected and actual', (_, run, message) => {
  expect(run).toThrow(message);
});

test('a tensor that was disposed of is refused, also below tfjs-core', () => {
  const x = tf.ones([2]);
  const info = { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  x.dispose();
  expect(() => tf.relu(x)).toThrow('Relu: libtorch: a tensor was used after it was disposed of');
  const kernel = tf.getKernel('Relu', 'libtorch');
  expect(() =>
    kernel?.kernelFunc({ inputs: { x: info }, attrs: {}, backend: nativeBackend() }),
  ).toThrow('a tensor was used after it was disposed of');
});

test('memory that is not there is an error with a code, and the process goes on', () => {
  expect(() => tf.fill([100_000, 100_000, 100], 0)).toThrow(
    expect.objectContaining({ code: 'out-of-memory' }),
  );
  expect(tf.ones([2]).dataSync()).toEqual(new Float32Array([1, 1]));
});

test.each<[string, () => void, string]>([
  [
    'an id that was never given',
    () => nativeBinding().unary(0, 1_000_000),
    'there is no tensor 1000000',
  ],
  ['a negative id', () => nativeBinding().free(-1), 'there is no tensor -1'],
  [
    'an operation that is not there',
    () => nativeBinding().binary(999, 0, 0),
    'there is no operation 999',
  ],
  [
    'too few values',
    () => nativeBinding().upload(new Float32Array(1), 0, [2]),
    'the shape wants 8 bytes, the values have 4',
  ],
  [
    'a dtype that is not there',
    () => nativeBinding().fill([1], 0, 7),
    'there is no dtype with the code 7',
  ],
  // @ts-expect-error callers in JavaScript can pass anything
  ['a string for a number', () => nativeBinding().unary(0, 'x'), 'argument 1 is not a tensor id'],
  // @ts-expect-error callers in JavaScript can leave anything out
  ['an argument left out', () => nativeBinding().fill(), 'is not'],
])('%s is an error of the addon', (_, run, message) => {
  expect(run).toThrow(message);
});
