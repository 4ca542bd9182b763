/** What each operation says of a tensor or setting it cannot take. */
import {
  conv2d,
  gather,
  grad,
  ones,
  reshape,
  tensor2d,
  tidy,
  variable,
  zeros,
  type Rank,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adamStep } from '../adam-step.js';
import { gruCell } from '../gru-cell.js';
import { layerNorm } from '../layer-norm.js';
import { lstmCell } from '../lstm-cell.js';
import { mlpAttention } from '../mlp-attention.js';
import { multiHeadAttention } from '../multi-head-attention.js';
import { sparseCrossEntropy } from '../sparse-cross-entropy.js';
import { weightNormLinear } from '../weight-norm-linear.js';

const z = (...shape: number[]): Tensor => zeros(shape);
const int = (...shape: number[]): Tensor => zeros(shape, 'int32');
const heads = (count: number, scale = 1): { heads: number; scale: number; isCausal: boolean } => ({
  heads: count,
  scale,
  isCausal: false,
});
const adam = {
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  clip: { kind: 'none', value: 1 },
} as const;

const cases: { message: string; run: () => unknown }[] = [
  {
    message: 'lstmCell: c should be float32 [rows, hidden], got float32 [3].',
    run: () => lstmCell(z(2, 12), z(2, 12), z(3)),
  },
  {
    message: 'lstmCell: hiddenGates should be float32 [2, 12], got float32 [2, 11].',
    run: () => lstmCell(z(2, 12), z(2, 11), z(2, 3)),
  },
  {
    message: 'lstmCell: inputGates should be float32 [2, 12], got int32 [2, 12].',
    run: () => lstmCell(int(2, 12), z(2, 12), z(2, 3)),
  },
  {
    message: 'gruCell: inputGates should be float32 [2, 9], got float32 [2, 12].',
    run: () => gruCell(z(2, 12), z(2, 9), z(2, 3)),
  },
  {
    message: 'mlpAttention: query should be float32 [2, 4], got float32 [2, 5].',
    run: () => mlpAttention({ keys: z(2, 3, 4), query: z(2, 5), score: z(4), values: z(2, 3, 6) }),
  },
  {
    message: 'mlpAttention: mask should be bool [2, 3], got float32 [2, 3].',
    run: () =>
      mlpAttention({
        keys: z(2, 3, 4),
        query: z(2, 4),
        score: z(4),
        values: z(2, 3, 6),
        mask: z(2, 3),
      }),
  },
  {
    message: 'multiHeadAttention: the model axis (6) should be a multiple of 4.',
    run: () =>
      multiHeadAttention({ query: z(2, 1, 6), keys: z(2, 3, 6), values: z(2, 3, 6) }, heads(4)),
  },
  {
    message: 'multiHeadAttention: scale should be a number above 0, got 0.',
    run: () =>
      multiHeadAttention({ query: z(2, 1, 6), keys: z(2, 3, 6), values: z(2, 3, 6) }, heads(2, 0)),
  },
  {
    message: 'multiHeadAttention: values should be float32 [2, 3, 6], got float32 [2, 4, 6].',
    run: () =>
      multiHeadAttention({ query: z(2, 1, 6), keys: z(2, 3, 6), values: z(2, 4, 6) }, heads(2)),
  },
  {
    message: 'layerNorm: x should be float32 [any, 4], got float32 [2, 3].',
    run: () => layerNorm(z(2, 3), ones([4]), z(4), 1e-6),
  },
  {
    message: 'layerNorm: epsilon should be a number above 0, got NaN.',
    run: () => layerNorm(z(2, 4), ones([4]), z(4), Number.NaN),
  },
  {
    message: 'sparseCrossEntropy: labels should be int32 [2], got float32 [2].',
    run: () => sparseCrossEntropy(z(2, 5), z(2), { smoothing: 0, padId: null }),
  },
  {
    message: 'sparseCrossEntropy: smoothing should be from 0 to below 1, got 1.',
    run: () => sparseCrossEntropy(z(2, 5), int(2), { smoothing: 1, padId: null }),
  },
  {
    message: 'weightNormLinear: scale should be float32 [5, 1], got float32 [5].',
    run: () => weightNormLinear({ x: z(2, 4), weight: z(5, 4), scale: z(5), bias: z(5) }, 1e-10),
  },
  {
    message: 'adamStep: rate should be float32 [1], got float32 [].',
    run: () => adamStep(z(), [], adam),
  },
  {
    message: 'adamStep: there are no parameters.',
    run: () => adamStep(z(1), [], adam),
  },
];

export function describeWrongInputs(): void {
  test.each(cases)('$message', ({ run, message }) => {
    expect(() => tidy(() => void run())).toThrow(
      expect.objectContaining({ code: 'op-input', message }),
    );
  });

  test('a gradient of another shape than its weight is named', () => {
    const [weight, m, v] = [z(2), z(2), z(2)].map((start) => variable(start, true));
    if (weight === undefined || m === undefined || v === undefined) throw new RangeError();
    tidy(() => {
      expect(() => adamStep(z(1), [{ weight, gradient: z(3), m, v }], adam)).toThrow(
        `adamStep: the gradient of "${weight.name}" should be float32 [2], got float32 [3].`,
      );
    });
    for (const each of [weight, m, v]) each.dispose();
  });
}

export function describeMissingGradients(): void {
  test('a dilated convolution is refused, by its dilation', () => {
    tidy(() => {
      const filter = ones<Rank.R4>([2, 2, 1, 1]);
      const dilated = (x: Tensor): Tensor =>
        conv2d(reshape<Rank.R4>(x, [1, 5, 5, 1]), filter, 1, 'same', 'NHWC', [2, 1]);
      expect(() => grad(dilated)(ones([25]))).toThrow(
        expect.objectContaining({
          code: 'gradient',
          message: 'Gradient: a convolution with the dilation 2, 1 has none, only one with 1 has.',
        }),
      );
    });
  });

  test('a lookup by batch is refused, by its number of batch axes', () => {
    tidy(() => {
      const byBatch = (x: Tensor): Tensor => gather(x, tensor2d([[0], [1]], [2, 1], 'int32'), 1, 1);
      expect(() => grad(byBatch)(ones([2, 3]))).toThrow(
        'Gradient: a lookup with batchDims 1 has none, only one with 0 has.',
      );
    });
  });
}
