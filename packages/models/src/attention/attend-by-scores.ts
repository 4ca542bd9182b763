/** From scores of the regions to their weights and the context, alike in the kinds without a fused operation. */
import { expandDims, matMul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { maskedSoftmax } from '@capgrid/ops';

/**
 * alpha = softmax of the scores, context = sum_k alpha_k v_k.
 *
 * @param scores [batch, regions]
 * @param values [batch, regions, channels]
 * @param mask bool [batch, regions] or null
 * @returns context [batch, channels], alpha [batch, regions]
 */
export function attendByScores(
  scores: Tensor,
  values: Tensor,
  mask: Tensor | null,
): { context: Tensor; alpha: Tensor } {
  const [batch = 0, , channels = 0] = values.shape;
  const alpha = maskedSoftmax(scores, mask);
  const context = matMul(expandDims(alpha, 1), values); // [batch, 1, channels]
  return { context: reshape(context, [batch, channels]), alpha };
}

/** k_1 · q to k_n · q, [batch, regions], of keys [batch, regions, width] and a query [batch, width]. */
export function dotScores(keys: Tensor, query: Tensor): Tensor {
  const [batch = 0, count = 0] = keys.shape;
  return reshape(matMul(keys, expandDims(query, 2)), [batch, count]);
}
