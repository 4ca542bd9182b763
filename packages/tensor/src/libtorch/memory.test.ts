import { registerGradients } from '@capgrid/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { nativeBackend, nativeBinding, useNativeEngine } from '../testing/native-engine.js';

useNativeEngine();
beforeAll(registerGradients);

/** What tfjs-core, the backend and the addon hold. */
function held() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  const dataIds = nativeBackend().numDataIds();
  return { numTensors, numDataBuffers, numBytes, dataIds, native: nativeBinding().tensorCount() };
}

/** The difference that `run` makes. */
function growth(run: () => void) {
  const before = held();
  run();
  const after = held();
  return {
    numTensors: after.numTensors - before.numTensors,
    numDataBuffers: after.numDataBuffers - before.numDataBuffers,
    numBytes: after.numBytes - before.numBytes,
    dataIds: after.dataIds - before.dataIds,
    native: after.native - before.native,
  };
}

const NOTHING = { numTensors: 0, numDataBuffers: 0, numBytes: 0, dataIds: 0, native: 0 };

test('a tensor is one native tensor, and its reshapes and clones share it', () => {
  const kept: tf.Tensor[] = [];
  const made = growth(() => {
    const x = tf.tensor2d([[1, 2, 3]]);
    kept.push(x, tf.reshape(x, [3]), tf.clone(x));
  });
  expect(made).toEqual({ numTensors: 3, numDataBuffers: 1, numBytes: 36, dataIds: 1, native: 1 });
  expect(growth(() => tf.dispose(kept))).toEqual({
    numTensors: -3,
    numDataBuffers: -1,
    numBytes: -36,
    dataIds: -1,
    native: -1,
  });
});

test.each<[string, () => void]>([
  [
    'views under several shapes',
    () => {
      const x = tf.tensor1d([1, 2, 3, 4]);
      const square = tf.reshape(x, [2, 2]);
      tf.dispose([tf.matMul(square, square), tf.sum(tf.reshape(square, [4, 1]), 0), square, x]);
    },
  ],
  [
    'slices, splits, stacks and transposes',
    () => {
      const x = tf.ones([4, 6]);
      const parts = [...tf.split(x, 3, 1), ...tf.unstack(x), tf.slice(x, [1, 1], [2, 2])];
      tf.dispose([x, tf.transpose(x), tf.stack([x, x]), tf.concat([x, x]), ...parts]);
    },
  ],
  [
    'variables that are assigned',
    () => {
      const variable = tf.variable(tf.zeros([3]));
      variable.assign(tf.ones([3]));
      variable.assign(tf.add(variable, 1));
      variable.dispose();
    },
  ],
  [
    'complex numbers',
    () => tf.dispose([tf.abs(tf.complex([1, 2], [3, 4])), tf.fft(tf.complex([1, 2], [3, 4]))]),
  ],
  ['strings', () => tf.dispose(tf.concat([tf.tensor(['a']), tf.tensor(['b', 'c'])]))],
  [
    'kernels with several native calls',
    () =>
      tf.dispose(
        tf.spaceToBatchND(
          tf.ones([1, 4, 4, 1]),
          [2, 2],
          [
            [0, 0],
            [0, 0],
          ],
        ),
      ),
  ],
  ['borrowed kernels', () => tf.dispose(tf.unique(tf.tensor1d([1, 1, 2])))],
  [
    'kernels that fail',
    () => {
      expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]))).toThrow('BatchMatMul');
      expect(() => tf.gather(tf.ones([2]), tf.tensor1d([7], 'int32'))).toThrow('not in [0, 1]');
    },
  ],
  [
    'gradients',
    () => {
      const weight = tf.variable(tf.ones([3, 2]));
      const loss = (): tf.Scalar => tf.sum(tf.square(tf.matMul(tf.ones([4, 3]), weight)));
      const { grads, value } = tf.variableGrads(loss, [weight]);
      tf.dispose([grads, value]);
      weight.dispose();
    },
  ],
])('nothing is left of %s', (_, run) => {
  expect(growth(() => tf.tidy(run))).toEqual(NOTHING);
});

test('ten thousand steps of gradient descent leave nothing behind', () => {
  const weight = tf.variable(tf.randomNormal([8, 8]));
  const step = (): void =>
    tf.tidy(() => {
      const loss = (): tf.Scalar => tf.mean(tf.square(tf.matMul(tf.ones([4, 8]), weight)));
      const { grads } = tf.variableGrads(loss, [weight]);
      const [gradient = tf.zeros([8, 8])] = Object.values(grads);
      weight.assign(tf.sub(weight, tf.mul(gradient, 0.01)));
    });
  step();
  const grown = growth(() => {
    for (let i = 0; i < 10_000; i += 1) step();
  });
  expect(grown).toEqual(NOTHING);
  weight.dispose();
});

test('what was cut from a variable keeps its values when the variable is assigned', () => {
  tf.tidy(() => {
    const variable = tf.variable(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
    );
    const row = tf.slice(variable, [1, 0], [1, 2]);
    const moved = tf.transpose(variable);
    const [left] = tf.split(variable, 2, 1);
    const clone = tf.clone(variable);
    variable.assign(tf.zeros([2, 2]));
    expect(row.arraySync()).toEqual([[3, 4]]);
    expect(moved.arraySync()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(left?.arraySync()).toEqual([[1], [3]]);
    expect(clone.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    variable.dispose();
  });
});

test('a tensor of another backend is moved here when it is used', async () => {
  await tf.setBackend('cpu');
  const x = tf.tensor1d([1, 2]);
  await tf.setBackend('libtorch');
  const y = tf.add(x, 1);
  expect([...y.dataSync()]).toEqual([2, 3]);
  tf.dispose([x, y]);
});

test('a tensor may be taken apart into thousands', () => {
  tf.tidy(() => {
    const rows = tf.unstack(tf.reshape(tf.range(0, 9000), [3000, 3]));
    expect(rows.length).toBe(3000);
    expect(rows.at(-1)?.arraySync()).toEqual([8997, 8998, 8999]);
  });
});

test('a tensor may be taken apart into more results than one native call gives', () => {
  const grown = growth(() =>
    tf.tidy(() => {
      const x = tf.reshape(tf.range(0, 60_000), [20_000, 3]);
      const rows = tf.unstack(x);
      expect(rows.length).toBe(20_000);
      expect(rows[17_000]?.arraySync()).toEqual([51_000, 51_001, 51_002]);
      const parts = tf.split(x, [2, ...Array.from({ length: 19_998 }, () => 1)]);
      expect(parts.length).toBe(19_999);
      expect(parts.at(-1)?.arraySync()).toEqual([[59_997, 59_998, 59_999]]);
    }),
  );
  expect(grown).toEqual(NOTHING);
});

test.each<[string, (x: tf.Tensor) => tf.Tensor | undefined]>([
  ['slice', (x) => tf.slice(x, [3], [1])],
  ['part', (x) => tf.split(x, 16)[3]],
  ['row', (x) => tf.unstack(tf.reshape(x, [16, -1]))[3]],
  ['strided slice', (x) => tf.stridedSlice(x, [3], [4], [1])],
])('a small %s does not keep the memory of the whole', (_, take) => {
  const binding = nativeBinding();
  binding.setKeptLimit(0);
  binding.setKeptLimit(2 ** 30);
  const values = 2 ** 20;
  const part = tf.tidy(() => take(tf.fill([values], 7)));
  expect(binding.keptBytes()).toBeGreaterThanOrEqual(4 * values);
  expect(part?.dataSync()[0]).toBe(7);
  part?.dispose();
});

test('values may come from the middle of a buffer', () => {
  const buffer = new Float32Array([0, 1, 2, 3, 4]);
  const x = tf.tensor1d(buffer.subarray(2, 4));
  buffer[2] = 9;
  expect([...x.dataSync()]).toEqual([2, 3]);
  x.dispose();
});

test('values may come from shared memory', () => {
  const buffer = new Float32Array(new SharedArrayBuffer(16));
  buffer.set([1, 2, 3, 4]);
  const x = tf.tensor1d(buffer.subarray(1, 3));
  expect([...x.dataSync()]).toEqual([2, 3]);
  x.dispose();
});

test('values read back are a copy', () => {
  const x = tf.tensor1d([1, 2]);
  x.dataSync()[0] = 9;
  expect([...x.dataSync()]).toEqual([1, 2]);
  x.dispose();
});

test('a borrowed kernel that fails leaves none of its copies on either backend', () => {
  const copies = () => tf.findBackend('cpu').numDataIds();
  const before = copies();
  const made = growth(() =>
    tf.tidy(() => {
      const indices = tf.tensor2d([[0, 0]], [1, 2], 'int32');
      const [from, to] = [tf.tensor1d([2, 3], 'int32'), tf.tensor1d([5, 5], 'int32')];
      expect(() => tf.sparse.sparseReshape(indices, from, to)).toThrow('6 dense values');
    }),
  );
  expect(made).toEqual(NOTHING);
  expect(copies()).toBe(before);
});
