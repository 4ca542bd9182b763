/** A linear layer with normalised weight rows in one operation. */
import {
  add,
  matMul,
  mul,
  rsqrt,
  square,
  sum,
  type GradConfig,
  type NamedTensorInfoMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expectPositive, expectTensor } from './expect-tensor.js';
import { ofSeveral, pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/** Kernel: `WeightNormLinearInputs`, `WeightNormLinearAttrs` -> [y, inverseNorm [outputs, 1]]. */
export const WeightNormLinear = 'WeightNormLinear';
export type WeightNormLinearInputs = Pick<NamedTensorInfoMap, 'x' | 'weight' | 'scale' | 'bias'>;
export interface WeightNormLinearAttrs {
  /** Added to the squared norm of each row. */
  readonly epsilon: number;
}

/** Kernel: `WeightNormLinearGradInputs` -> [dx, dweight, dscale, dbias]. No attributes. */
export const WeightNormLinearGrad = 'WeightNormLinearGrad';
export type WeightNormLinearGradInputs = Pick<
  NamedTensorInfoMap,
  'dy' | 'x' | 'weight' | 'scale' | 'inverseNorm'
>;

export interface WeightNormLinearTensors {
  /** float32 [rows, inputs] */
  readonly x: Tensor;
  /** float32 [outputs, inputs] */
  readonly weight: Tensor;
  /** float32 [outputs, 1] */
  readonly scale: Tensor;
  /** float32 [outputs] */
  readonly bias: Tensor;
}

/**
 * y = x W^T + b with rows W_o = g_o w_o / sqrt(|w_o|² + epsilon) (Salimans & Kingma 2016, eq. 2;
 * epsilon inside the root as in sockeye).
 *
 * @returns [rows, outputs].
 * @throws OpInputError where a dtype, shape or setting does not fit.
 */
export function weightNormLinear(tensors: WeightNormLinearTensors, epsilon: number): Tensor {
  const { x, weight, scale, bias } = tensors;
  const op = 'weightNormLinear';
  const shape = expectTensor(op, 'weight', weight, 'float32', ['outputs', 'inputs']);
  const [outputs = 0, inputs = 0] = shape;
  expectTensor(op, 'x', x, 'float32', ['rows', inputs]);
  expectTensor(op, 'scale', scale, 'float32', [outputs, 1]);
  expectTensor(op, 'bias', bias, 'float32', [outputs]);
  expectPositive(op, 'epsilon', epsilon);
  if (!hasKernel(WeightNormLinear)) return weightNormLinearComposed(tensors, epsilon);
  return pick(runKernel(WeightNormLinear, { x, weight, scale, bias }, { epsilon }, 2), 0);
}

/** `weightNormLinear` from tfjs-core's operations, without the checks. */
export function weightNormLinearComposed(
  { x, weight, scale, bias }: WeightNormLinearTensors,
  epsilon: number,
): Tensor {
  return add(matMul(x, normalisedRows(weight, scale, epsilon), false, true), bias);
}

/**
 * The matrix that `weightNormLinear` multiplies with, [outputs, inputs]: for callers that use one
 * set of weights many times and need no gradient.
 */
export function normalisedRows(weight: Tensor, scale: Tensor, epsilon: number): Tensor {
  const inverseNorm = rsqrt(add(sum(square(weight), 1, true), epsilon)); // [outputs, 1]
  return mul(weight, mul(inverseNorm, scale));
}

export const weightNormLinearGradient: GradConfig = {
  kernelName: WeightNormLinear,
  inputsToSave: ['x', 'weight', 'scale'],
  outputsToSave: [false, true],
  gradFunc: ofSeveral((dys, saved) => {
    const inputs = {
      dy: pick(dys, 0),
      x: pick(saved, 0),
      weight: pick(saved, 1),
      scale: pick(saved, 2),
      inverseNorm: pick(saved, 3),
    };
    const results = runKernel(WeightNormLinearGrad, inputs, {}, 4);
    return {
      x: pick(results, 0),
      weight: pick(results, 1),
      scale: pick(results, 2),
      bias: pick(results, 3),
    };
  }),
};
