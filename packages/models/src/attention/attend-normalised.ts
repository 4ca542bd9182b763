/** Additive attention with layer normalisation before tanh, as sockeye has it. */
import { add, expandDims, matMul, reshape, tanh, type Tensor } from '@tensorflow/tfjs-core';
import type { Norm } from '../layer-norm.js';
import { attendByScores } from './attend-by-scores.js';

export interface AdditiveTensors {
  readonly keys: Tensor; // [batch, regions, width]
  readonly query: Tensor; // [batch, width]
  readonly score: Tensor; // [width]
  readonly values: Tensor; // [batch, regions, channels]
  readonly mask: Tensor | null; // bool [batch, regions]
}

/** score_k = w · tanh(LN(k_k + q)). */
export function attendNormalised(
  { keys, query, score, values, mask }: AdditiveTensors,
  norm: Norm,
): { context: Tensor; alpha: Tensor } {
  const [batch = 0, count = 0, width = 0] = keys.shape;
  const mixed = tanh(norm.apply(add(keys, expandDims(query, 1)))); // [batch, regions, width]
  const product = matMul(reshape(mixed, [batch * count, width]), reshape(score, [width, 1]));
  return attendByScores(reshape(product, [batch, count]), values, mask);
}
