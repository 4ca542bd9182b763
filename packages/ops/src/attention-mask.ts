/** How the composed attentions leave keys out. */
import { cast, fill, mul, softmax, where, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The least float32: no score is below, and beside any greater one its exponential is 0. It is finite,
 * so a row in which all is left out has a softmax without NaN, which `maskWeights` makes 0.
 */
const LEFT_OUT = -(2 - 2 ** -23) * 2 ** 127;

/** Scores whose exponential is 0 where `mask`, of the same shape, is false. */
function maskedScores(scores: Tensor, mask: Tensor): Tensor {
  return where(mask, scores, fill(scores.shape, LEFT_OUT));
}

/** 1 where `mask` is true, else 0. */
function maskWeights(mask: Tensor): Tensor {
  return cast(mask, 'float32');
}

/** Softmax over the last axis; where `mask` (bool, same shape) is false the weight is 0. */
export function maskedSoftmax(scores: Tensor, mask: Tensor | null): Tensor {
  if (mask === null) return softmax(scores);
  return mul(softmax(maskedScores(scores, mask)), maskWeights(mask));
}
