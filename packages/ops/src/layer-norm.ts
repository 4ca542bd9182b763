/** Layer normalisation over the last axis in one operation. */
import {
  add,
  mean,
  mul,
  rsqrt,
  square,
  sub,
  type GradConfig,
  type NamedTensorInfoMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expectPositive, expectTensor } from './expect-tensor.js';
import { ofSeveral, pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/** Kernel: `LayerNormInputs`, `LayerNormAttrs` -> [y, mean [rows], inverseDeviation [rows]]. */
export const LayerNorm = 'LayerNorm';
export type LayerNormInputs = Pick<NamedTensorInfoMap, 'x' | 'gamma' | 'beta'>;
export interface LayerNormAttrs {
  readonly epsilon: number;
}

/** Kernel: `LayerNormGradInputs` -> [dx, dgamma, dbeta]. No attributes. */
export const LayerNormGrad = 'LayerNormGrad';
export type LayerNormGradInputs = Pick<
  NamedTensorInfoMap,
  'dy' | 'x' | 'gamma' | 'mean' | 'inverseDeviation'
>;

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, mean and (biased) variance over the last
 * axis (Ba, Kiros & Hinton 2016, eq. 3-4).
 *
 * @param x float32 [..., width], of rank 1 or more.
 * @param gamma float32 [width].
 * @param beta float32 [width].
 * @throws OpInputError where a dtype, shape or setting does not fit.
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const op = 'layerNorm';
  const [width = 0] = expectTensor(op, 'gamma', gamma, 'float32', ['width']);
  expectTensor(op, 'beta', beta, 'float32', [width]);
  expectTensor(op, 'x', x, 'float32', [...outerAxes(x), width]);
  expectPositive(op, 'epsilon', epsilon);
  if (!hasKernel(LayerNorm)) return layerNormComposed(x, gamma, beta, epsilon);
  return pick(runKernel(LayerNorm, { x, gamma, beta }, { epsilon }, 3), 0);
}

/** `layerNorm` from tfjs-core's operations, without the checks. */
export function layerNormComposed(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const centred = sub(x, mean(x, -1, true));
  const variance = mean(square(centred), -1, true);
  return add(mul(mul(centred, rsqrt(add(variance, epsilon))), gamma), beta);
}

export const layerNormGradient: GradConfig = {
  kernelName: LayerNorm,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  gradFunc: ofSeveral((dys, saved) => {
    const inputs = {
      dy: pick(dys, 0),
      x: pick(saved, 0),
      gamma: pick(saved, 1),
      mean: pick(saved, 2),
      inverseDeviation: pick(saved, 3),
    };
    const results = runKernel(LayerNormGrad, inputs, {}, 3);
    return { x: pick(results, 0), gamma: pick(results, 1), beta: pick(results, 2) };
  }),
};

/** Every axis but the last may have any size. */
function outerAxes(x: Tensor): string[] {
  return Array.from({ length: Math.max(0, (x.shape?.length ?? 1) - 1) }, () => 'any');
}
