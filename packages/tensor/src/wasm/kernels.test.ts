import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../engine.js';

/**
 * Sums of at most 64 float32 products of up to 4, added in another order: partial sums reach 256,
 * where one rounding is 1.5e-5, and a handful of them add up.
 */
const PRODUCT_TOLERANCE = 1e-4;
/** 2 sigmoid(2x) - 1 loses one bit against values around 1. */
const TANH_TOLERANCE = 3e-7;
/** Copied values, or additions in the same order. */
const EXACT = 0;

/** Runs `build` on both backends and compares the values. */
async function expectSameOnBoth(build: () => tf.Tensor, tolerance: number): Promise<void> {
  const values: Float32Array[] = [];
  const shapes: number[][] = [];
  for (const kind of ['cpu', 'wasm'] as const) {
    await startEngine(kind);
    const out = tf.tidy(build);
    values.push(Float32Array.from(await out.data()));
    shapes.push(out.shape);
    out.dispose();
  }
  const [cpu, wasm] = values;
  expect(shapes[1]).toEqual(shapes[0]);
  expect(wasm?.length).toBe(cpu?.length);
  let worst = 0;
  cpu?.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - (wasm?.[i] ?? Number.NaN)));
  });
  expect(worst).toBeLessThanOrEqual(tolerance);
}

/** Fixed, irregular values in [-2, 2]. */
function filled(...shape: number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => 2 * Math.sin(1 + i * 1.7 + i * i * 0.013)),
    shape,
  );
}

/** Kernels that only gradients call have no function in tfjs-core's interface. */
function runKernel(
  name: string,
  call: { inputs: tf.NamedTensorMap; attrs: tf.NamedAttrMap },
): tf.Tensor {
  return tf.engine().runKernel(name, call.inputs, call.attrs) as tf.Tensor;
}

beforeAll(async () => {
  await startEngine('wasm');
});

describe('matrix product on wasm equals tfjs-backend-cpu', () => {
  const cases: { a: number[]; b: number[]; tA: boolean; tB: boolean }[] = [
    { a: [17, 64], b: [64, 33], tA: false, tB: false },
    { a: [64, 17], b: [64, 33], tA: true, tB: false },
    { a: [17, 64], b: [33, 64], tA: false, tB: true },
    { a: [64, 17], b: [33, 64], tA: true, tB: true },
    { a: [5, 17, 20], b: [5, 20, 7], tA: false, tB: false },
    { a: [5, 20, 17], b: [5, 20, 7], tA: true, tB: false },
    { a: [5, 17, 20], b: [5, 7, 20], tA: false, tB: true },
    { a: [5, 20, 17], b: [5, 7, 20], tA: true, tB: true },
    { a: [5, 1, 17], b: [5, 1, 7], tA: true, tB: false },
    { a: [5, 17, 1], b: [5, 7, 1], tA: false, tB: true },
    { a: [2, 3, 9, 4], b: [2, 3, 5, 4], tA: false, tB: true },
    { a: [1, 8], b: [8, 1], tA: false, tB: false },
    { a: [20, 6], b: [20, 1], tA: true, tB: false },
    { a: [20, 6], b: [1, 20], tA: true, tB: true },
    { a: [4, 1, 20], b: [4, 6, 20], tA: false, tB: true },
    { a: [4, 20, 1], b: [4, 6, 20], tA: true, tB: true },
    { a: [4, 1, 1], b: [4, 6, 1], tA: true, tB: true },
  ];
  test.each(cases)('$a x $b, transposed: $tA $tB', async ({ a, b, tA, tB }) => {
    await expectSameOnBoth(() => tf.matMul(filled(...a), filled(...b), tA, tB), PRODUCT_TOLERANCE);
  });
});

describe('other kernels on wasm equal tfjs-backend-cpu', () => {
  test('tanh from -20 to 20, and at 0', async () => {
    await expectSameOnBoth(
      () => tf.tanh(tf.concat([tf.linspace(-20, 20, 1001), tf.zeros([1])])),
      TANH_TOLERANCE,
    );
  });

  test('rows are looked up in any order, repeated rows included', async () => {
    await expectSameOnBoth(
      () =>
        tf.gather(
          filled(6, 5),
          tf.tensor2d(
            [
              [5, 0, 0],
              [2, 5, 1],
            ],
            [2, 3],
            'int32',
          ),
        ),
      EXACT,
    );
  });

  test('lookup along another axis still works', async () => {
    await expectSameOnBoth(
      () => tf.gather(filled(4, 5, 3), tf.tensor1d([4, 1], 'int32'), 1),
      EXACT,
    );
  });

  test('scatter-add sums repeated segments and leaves absent ones at zero', async () => {
    await expectSameOnBoth(
      () => tf.unsortedSegmentSum(filled(7, 3), tf.tensor1d([4, 0, 4, 4, 1, 0, 2], 'int32'), 6),
      EXACT,
    );
  });

  // Stride 1 with SAME and an odd kernel is computed as a convolution, the others are borrowed.
  test.each([
    { kernel: [3, 3], strides: [1, 1], out: [5, 6] },
    { kernel: [1, 5], strides: [1, 1], out: [5, 6] },
    { kernel: [2, 2], strides: [1, 1], out: [5, 6] },
    { kernel: [3, 3], strides: [2, 2], out: [3, 3] },
  ])('gradients of a convolution: $kernel, strides $strides', async ({ kernel, strides, out }) => {
    const attrs = { strides, pad: 'same', dataFormat: 'NHWC' };
    const dy = (): tf.Tensor => filled(4, ...out, 7);
    await expectSameOnBoth(
      () =>
        runKernel(tf.Conv2DBackpropFilter, {
          inputs: { x: filled(4, 5, 6, 3), dy: dy() },
          attrs: { ...attrs, filterShape: [...kernel, 3, 7] },
        }),
      PRODUCT_TOLERANCE,
    );
    await expectSameOnBoth(
      () =>
        runKernel(tf.Conv2DBackpropInput, {
          inputs: { dy: dy(), filter: filled(...kernel, 3, 7) },
          attrs: { ...attrs, inputShape: [4, 5, 6, 3] },
        }),
      PRODUCT_TOLERANCE,
    );
  });

  test('gradient of a depthwise convolution with respect to its filter', async () => {
    await expectSameOnBoth(
      () =>
        runKernel(tf.DepthwiseConv2dNativeBackpropFilter, {
          inputs: { x: filled(2, 5, 5, 3), dy: filled(2, 5, 5, 3) },
          attrs: { strides: [1, 1], dilations: [1, 1], pad: 'same', filterShape: [3, 3, 3, 1] },
        }),
      PRODUCT_TOLERANCE,
    );
  });

  test('gradient of a depthwise convolution with respect to its input', async () => {
    await expectSameOnBoth(
      () =>
        runKernel(tf.DepthwiseConv2dNativeBackpropInput, {
          inputs: { dy: filled(2, 5, 5, 3), filter: filled(3, 3, 3, 1) },
          attrs: { strides: [1, 1], dilations: [1, 1], pad: 'same', inputShape: [2, 5, 5, 3] },
        }),
      PRODUCT_TOLERANCE,
    );
  });
});

describe('memory', () => {
  test('own and borrowed kernels free what they allocate, on both backends', async () => {
    await startEngine('wasm');
    const wasm = tf.backend();
    const cpu = tf.findBackend('cpu');
    const run = (): void => {
      tf.tidy(() => {
        tf.matMul(filled(3, 4, 5), filled(3, 4, 6), true, false);
        tf.matMul(filled(3, 1, 5), filled(3, 1, 6), true, false);
        tf.tanh(filled(10));
        tf.gather(filled(5, 2), tf.tensor1d([1, 1], 'int32'));
        tf.unsortedSegmentSum(filled(2, 2), tf.tensor1d([1, 1], 'int32'), 3);
        runKernel(tf.Conv2DBackpropFilter, {
          inputs: { x: filled(1, 4, 4, 2), dy: filled(1, 2, 2, 3) },
          attrs: { strides: [2, 2], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 2, 3] },
        });
        runKernel(tf.Conv2DBackpropFilter, {
          inputs: { x: filled(1, 4, 4, 2), dy: filled(1, 4, 4, 3) },
          attrs: { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 2, 3] },
        });
        runKernel(tf.Conv2DBackpropInput, {
          inputs: { dy: filled(1, 4, 4, 3), filter: filled(3, 3, 2, 3) },
          attrs: { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', inputShape: [1, 4, 4, 2] },
        });
      });
    };
    run();
    const before = [wasm.numDataIds(), cpu.numDataIds()];
    for (let i = 0; i < 5; i += 1) run();
    expect([wasm.numDataIds(), cpu.numDataIds()]).toEqual(before);
  });

  test('an index outside the table is refused by name', async () => {
    await startEngine('wasm');
    expect(() => tf.gather(filled(3, 2), tf.tensor1d([3], 'int32'))).toThrow(
      'index 3 is outside the 3 rows',
    );
  });
});
