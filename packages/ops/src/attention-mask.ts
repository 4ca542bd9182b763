/** How the composed attentions leave keys out. */
import { cast, fill, where, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Far below any score, yet finite: a row in which all is left out then has a softmax without NaN,
 * which `maskWeights` makes 0.
 */
const LEFT_OUT = -1e9;

/** Scores whose exponential is 0 where `mask`, of the same shape, is false. */
export function maskedScores(scores: Tensor, mask: Tensor): Tensor {
  return where(mask, scores, fill(scores.shape, LEFT_OUT));
}

/** 1 where `mask` is true, else 0. */
export function maskWeights(mask: Tensor): Tensor {
  return cast(mask, 'float32');
}
