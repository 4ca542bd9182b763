/** The device itself: values there and back, memory, precision. */
import { registerGradients, sparseCrossEntropy } from '@capgrid/ops';
import * as tf from '@tensorflow/tfjs-core';
import { LibtorchBackend } from '../src/libtorch/backend.ts';
import { beforeAll, expect, test } from './test-runner.mjs';

/** @returns {LibtorchBackend} */
export function activeBackend() {
  const active = tf.backend();
  if (active instanceof LibtorchBackend) return active;
  throw new Error('the engine libtorch is not active');
}

/**
 * @param {number} size
 * @param {number} seed
 */
export function wave(size, seed) {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * (i + 1) + 3.1 * seed));
}

export function describeDevice() {
  beforeAll(registerGradients);

  test('the cross-entropy of masked words, of large logits, and of labels that are no words', () => {
    const lossOf = (
      /** @type {number[][]} */ logits,
      /** @type {number[]} */ labels,
      /** @type {number | null} */ padId,
    ) =>
      tf.tidy(() => {
        const settings = { smoothing: 0, padId };
        const rows = tf.tensor2d(logits);
        const ids = tf.tensor1d(labels, 'int32');
        const gradient = tf.grad((z) => tf.sum(sparseCrossEntropy(z, ids, settings)))(rows);
        const loss = sparseCrossEntropy(rows, ids, settings);
        return [...loss.dataSync(), ...gradient.dataSync()];
      });
    // log(1 + e) and 1 / (1 + e)
    const [loss, rest] = [1.3132617, 0.26894142];
    const one = [loss, rest - 1, 1 - rest];
    const cases = [
      { actual: lossOf([[0, 1]], [0], null), expected: one },
      { actual: lossOf([[1e6, 1e6 + 1]], [0], null), expected: one },
      { actual: lossOf([[0, 1, -Infinity]], [0], null), expected: [...one, 0] },
      { actual: lossOf([[0, 1, -3e38]], [0], null), expected: [...one, 0] },
      { actual: lossOf([[0, Infinity]], [-1], -1), expected: [0, 0, 0] },
      { actual: lossOf([[0, 1]], [-1], -1), expected: [0, 0, 0] },
      // The nearest word stands in.
      { actual: lossOf([[0, 1]], [-5], null), expected: one },
      { actual: lossOf([[1, 0]], [9], null), expected: [loss, 1 - rest, rest - 1] },
    ];
    for (const [i, { actual, expected }] of cases.entries()) {
      expect(actual.length).toBe(expected.length);
      for (const [k, value] of actual.entries()) {
        // float32: the values are below 2.
        expect(Math.abs(value - (expected[k] ?? 0)), `case ${i}, value ${k}`).toBeLessThan(1e-6);
      }
    }
  });

  test('values come back as they went there, in every dtype', () => {
    tf.tidy(() => {
      const floats = wave(10_000, 1);
      expect(tf.tensor1d(floats).dataSync()).toEqual(floats);
      expect(tf.tensor1d([1, -2, 3], 'int32').dataSync()).toEqual(Int32Array.from([1, -2, 3]));
      expect(tf.tensor1d([true, false], 'bool').dataSync()).toEqual(Uint8Array.from([1, 0]));
      expect(tf.tensor2d([], [0, 3]).dataSync()).toEqual(new Float32Array());
      const transposed = tf.transpose(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]));
      expect(transposed.dataSync()).toEqual(Float32Array.from([1, 4, 2, 5, 3, 6]));
    });
  });

  test('an array may change as soon as it was handed over', () => {
    tf.tidy(() => {
      const values = new Float32Array(1 << 20).fill(1);
      const sums = [];
      for (let round = 0; round < 20; round += 1) {
        values.fill(round);
        sums.push(tf.mean(tf.tensor1d(values)));
      }
      expect(sums.map((sum) => sum.dataSync()[0])).toEqual(sums.map((_, round) => round));
    });
  });

  test('data() gives each tensor its own values, also when it is disposed of meanwhile', async () => {
    const reads = [];
    for (let round = 0; round < 50; round += 1) {
      const tensor = tf.tidy(() => tf.add(tf.zeros([1000, 100]), round));
      reads.push(tensor.data());
      tensor.dispose();
    }
    const read = await Promise.all(reads);
    expect(read.map((values) => [values[0], values.at(-1), values.length])).toEqual(
      read.map((_, round) => [round, round, 100_000]),
    );
  });

  test('data() does not wait for the GPU', async () => {
    const a = tf.randomNormal([4096, 4096]);
    a.dataSync();
    const started = performance.now();
    const product = tf.tidy(() => {
      /** @type {tf.Tensor} */
      let power = a;
      for (let round = 0; round < 30; round += 1) power = tf.mul(tf.matMul(power, a), 1e-2);
      return tf.sum(power);
    });
    const reading = product.data();
    const returned = performance.now() - started;
    await reading;
    const whole = performance.now() - started;
    tf.dispose([a, product]);
    expect(returned, `returned after ${returned} of ${whole} ms`).toBeLessThan(whole / 2);
  });

  test('too large a tensor is an error, and the engine goes on', () => {
    const before = tf.memory().numTensors;
    // 4 TiB
    expect(() => tf.fill([1 << 20, 1 << 20], 1)).toThrow(
      expect.objectContaining({ code: 'out-of-memory' }),
    );
    expect(tf.tidy(() => tf.sum(tf.ones([1000])).dataSync()[0])).toBe(1000);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('memory does not grow over 2,000 small steps', () => {
    const { binding } = activeBackend();
    const weight = tf.tidy(() => tf.variable(tf.zeros([256, 256])));
    const run = () =>
      tf.tidy(() => {
        const x = tf.tensor2d(wave(64 * 256, 1), [64, 256]);
        return tf.sum(tf.tanh(tf.matMul(x, weight))).dataSync()[0];
      });
    for (let step = 0; step < 10; step += 1) run();
    const [allocated, { numTensors }] = [binding.gpuMemory().allocated, tf.memory()];
    for (let step = 0; step < 2000; step += 1) run();
    expect(binding.gpuMemory().allocated).toBe(allocated);
    expect(tf.memory().numTensors).toBe(numTensors);
    weight.dispose();
  });

  test('TF32 rounds the factors of a matrix product, strict float32 does not', () => {
    const { binding } = activeBackend();
    const size = 512;
    const [a, b] = [wave(size * size, 1), wave(size * size, 2)];
    // Row 0 of the product in float64.
    const expected = Array.from({ length: size }, (_, column) => {
      let sum = 0;
      for (let k = 0; k < size; k += 1) sum += (a[k] ?? 0) * (b[k * size + column] ?? 0);
      return sum;
    });
    const errorOf = (/** @type {boolean} */ isStrict) => {
      binding.setStrictFloat32(isStrict);
      return tf.tidy(() => {
        const product = tf.matMul(tf.tensor2d(a, [size, size]), tf.tensor2d(b, [size, size]));
        const row = tf.slice(product, [0, 0], [1, size]).dataSync();
        return Math.max(...expected.map((value, i) => Math.abs(value - (row[i] ?? 0))));
      });
    };
    const [rounded, strict] = [errorOf(false), errorOf(true)];
    // Terms of size 1, 512 of them: 2^-24 each against 2^-11 each, as they add up at random.
    expect(strict, 'error of strict float32').toBeLessThan(1e-4);
    expect(rounded, 'error of TF32').toBeGreaterThan(10 * strict);
    expect(rounded, 'error of TF32').toBeLessThan(0.1);
  });
}
