/** What the fused kernels do with inputs that @capgrid/ops' own tests on every backend leave out. */
import {
  adamStep,
  multiHeadAttention,
  registerGradients,
  sparseCrossEntropy,
  type AdamSettings,
} from '@capgrid/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { nativeBackend, nativeBinding, useNativeEngine } from '../testing/native-engine.js';

useNativeEngine();
beforeAll(registerGradients);

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

  test.each([
    ['in causal order', undefined, true],
    ['with a mask', [1, 0, 0], false],
    ['in causal order with a mask of more', [1, 1, 0], true],
  ])('one query that sees the first key alone, %s, takes its value', (_, mask, isCausal) => {
    tf.tidy(() => {
      const values = tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 3, 2]);
      const [query, keys] = [tf.ones([1, 1, 2]), tf.ones([1, 3, 2])];
      const masked = mask === undefined ? {} : { mask: tf.tensor2d([mask], [1, 3], 'bool') };
      const attrs = { heads: 2, scale: 1, isCausal };
      const { context, alpha } = multiHeadAttention({ query, keys, values, ...masked }, attrs);
      expect([...context.dataSync()]).toEqual([1, 2]);
      expect([...alpha.dataSync()]).toEqual([1, 0, 0, 1, 0, 0]);
    });
  });
});

describe('cross-entropy', () => {
  const plain = { smoothing: 0, padId: null };

  function lossOf(logits: number[], label: number, settings: Settings = plain): number {
    return tf.tidy(() => {
      const loss = sparseCrossEntropy(tf.tensor2d([logits]), labelsOf([label]), settings);
      return loss.dataSync()[0] ?? Number.NaN;
    });
  }

  function gradientOf(logits: number[], label: number, settings: Settings = plain): number[] {
    const loss = (z: tf.Tensor) => tf.sum(sparseCrossEntropy(z, labelsOf([label]), settings));
    return tf.tidy(() => [
      ...tf
        .grad(loss)(tf.tensor2d([logits]))
        .dataSync(),
    ]);
  }

  // exp(-87), about 1e-38, is the least that the kernel's exponential returns.
  test.each([-1e9, -3e38, -Infinity])('words masked with %f take no part', (masked) => {
    // log(e + e² + e^0.5) - 2
    expect(lossOf([1, 2, masked, masked, 0.5], 1)).toBeCloseTo(0.464369, 5);
    const [e1, e2, e05] = [Math.E, Math.E ** 2, Math.E ** 0.5];
    const total = e1 + e2 + e05;
    const expected = [e1 / total, e2 / total - 1, 0, 0, e05 / total];
    for (const [word, value] of gradientOf([1, 2, masked, masked, 0.5], 1).entries()) {
      expect(value).toBeCloseTo(expected[word] ?? Number.NaN, 6);
    }
  });

  test('smoothing over huge negative logits stays finite as long as the loss is', () => {
    // 0.1 / 4 for each of the two.
    const expected = (2 * 3e38 * 0.1) / 4;
    const loss = lossOf([1, 2, -3e38, -3e38, 0.5], 1, { smoothing: 0.1, padId: null });
    expect(loss / expected).toBeCloseTo(1, 5);
  });

  test.each([0, 1e4, -1e4, 1e6, -1e6])(
    'an offset of %f in all logits changes nothing',
    (offset) => {
      const logits = [offset, offset + 1];
      // log(1 + e) and 1 / (1 + e), to the last digits of float32.
      expect(lossOf(logits, 0)).toBeCloseTo(1.3132617, 6);
      expect(gradientOf(logits, 1)[0]).toBeCloseTo(0.26894142, 7);
      const smooth = { smoothing: 0.25, padId: null };
      expect(lossOf(logits, 0, smooth)).toBeCloseTo(1.3132617 - 0.25, 6);
      expect(gradientOf(logits, 1, smooth)[0]).toBeCloseTo(0.26894142 - 0.25, 7);
    },
  );

  test('rows of the pad mark may have a mark that is no word, and count nothing', () => {
    const settings = { smoothing: 0.1, padId: -1 };
    expect(lossOf([1, Infinity], -1, settings)).toBe(0);
    expect(gradientOf([1, Infinity], -1, settings)).toEqual([0, 0]);
    expect(lossOf([1, 2], 7, { smoothing: 0, padId: 7 })).toBe(0);
  });

  test('a label that is no word is refused', () => {
    expect(() => lossOf([1, 2], 2)).toThrow('label 2 in row 0 is not one of 2 words');
    expect(() => lossOf([1, 2], -1)).toThrow('label -1 in row 0 is not one of 2 words');
    expect(() => lossOf([1, 2], -2, { smoothing: 0, padId: -1 })).toThrow(
      'label -2 in row 0 is not one of 2 words',
    );
  });

  interface Settings {
    readonly smoothing: number;
    readonly padId: number | null;
  }

  function labelsOf(labels: number[]): tf.Tensor1D {
    return tf.tensor1d(labels, 'int32');
  }
});

describe('an Adam step', () => {
  const settings: AdamSettings = {
    beta1: 0.5,
    beta2: 0.5,
    epsilon: 0,
    clip: { kind: 'none', value: 1 },
  };
  const zeros = (shape: number[]) => tf.tidy(() => tf.variable(tf.zeros(shape)));
  /** With gradients of 1: m = 0.5, v = 0.5, so each weight loses rate sqrt(0.5). */
  const change = 2 * Math.SQRT1_2;

  function step(weight: tf.Variable, m: tf.Variable, v: tf.Variable): void {
    tf.tidy(() => {
      const gradient = tf.ones(weight.shape);
      adamStep(tf.tensor1d([2]), [{ weight, gradient, m, v }], settings);
    });
  }

  function expectStepped(weight: tf.Variable, start: readonly number[]): void {
    const [m, v] = [zeros(weight.shape), zeros(weight.shape)];
    step(weight, m, v);
    expect([...m.dataSync()]).toEqual(start.map(() => 0.5));
    for (const [i, value] of weight.dataSync().entries()) {
      expect(value).toBeCloseTo((start[i] ?? Number.NaN) - change, 5);
    }
    tf.dispose([weight, m, v]);
  }

  test('updates a variable that was made of a reshape', () => {
    expectStepped(
      tf.tidy(() => tf.variable(tf.reshape(tf.tensor1d([1, 2, 3, 4, 5, 6]), [2, 3]))),
      [1, 2, 3, 4, 5, 6],
    );
  });

  test('updates a variable that a reshape was assigned to', () => {
    const weight = zeros([2, 3]);
    tf.tidy(() => weight.assign(tf.reshape(tf.tensor1d([1, 2, 3, 4, 5, 6]), [2, 3])));
    expectStepped(weight, [1, 2, 3, 4, 5, 6]);
  });

  test('updates variables that were made outside of a tidy, whose first tensors live on', () => {
    const start = tf.zeros([2, 2]);
    const [weight, m, v] = [tf.variable(start), tf.variable(start), tf.variable(tf.zeros([2, 2]))];
    step(weight, m, v);
    expect([...start.dataSync()]).toEqual([0, 0, 0, 0]);
    expect([...m.dataSync()]).toEqual([0.5, 0.5, 0.5, 0.5]);
    for (const value of weight.dataSync()) expect(value).toBeCloseTo(-change, 5);
    tf.dispose([start, weight, m, v]);
  });

  test('refuses a moment of another shape, also one of the same size', () => {
    const [w, m, v] = [zeros([2, 3]), zeros([3, 2]), zeros([2, 3])];
    const inputs = { rate: tf.ones([1]), w0: w, g0: tf.ones([2, 3]), m0: m, v0: v };
    const { clip } = settings;
    const attrs = { count: 1, beta1: 0.5, beta2: 0.5, epsilon: 1, clip: { ...clip } };
    expect(() => runKernel('AdamStep', inputs, attrs)).toThrow(
      'AdamStep: parameter 0 has the shape [2, 3], its m [3, 2]',
    );
    tf.dispose([w, m, v]);
  });

  test('refuses ids that are no whole parameters', () => {
    const [x, rate] = [tf.ones([2]), tf.ones([1])];
    const id = nativeBackend().id(x);
    const run = (ids: number[]) => {
      nativeBinding().adamStep(nativeBackend().id(rate), ids, 0.9, 0.9, 1e-8, 0, 1);
    };
    const message = 'weight, gradient, m and v of each parameter';
    expect(() => run([id, id, id])).toThrow(message);
    expect(() => run([id, id, id, id, id])).toThrow(message);
    expect(() => run([])).toThrow(message);
  });
});
