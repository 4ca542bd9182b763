/**
 * The weights of the regions, eq. 4 to 6 of Xu et al. 2015: e_i = w · f(W_a a_i + W_d h + b), alpha =
 * softmax(e), with f = tanh, or ReLU as in a well-known PyTorch port. The constant that the authors add
 * to e falls out of the softmax and is left out.
 */
import {
  add,
  expandDims,
  eye,
  matMul,
  relu,
  reshape,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import { maskedSoftmax, MlpAttentionSequence } from '@capgrid/ops';

export type ScoredRegions = {
  /** [rows, regions, width]: W_a a_i + b. */
  readonly keys: Tensor;
  /** [rows, regions, regions]: one-hot, so that attention over them gives the weights themselves. */
  readonly places: Tensor;
  /** bool [rows, regions], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
};

/** From W_d h, [rows, width], to alpha, [rows, regions]. */
export type WeighRegions = (query: Tensor) => Tensor;

/** [rows, regions, regions] */
export function placesOf(rows: number, regions: number): Tensor {
  return add(zeros([rows, 1, 1]), eye(regions));
}

/** Begins a sequence of words. `score`: w, [width]. */
export function weighRegions(
  activation: ShowAttendTellSpec['scoreActivation'],
  { keys, places, mask }: ScoredRegions,
  score: Tensor,
): WeighRegions {
  if (activation === 'tanh') {
    const masked = mask === null ? {} : { mask };
    const sequence = new MlpAttentionSequence({ keys, score, values: places, ...masked });
    return (query) => sequence.attend(query).context;
  }
  const [rows = 0, regions = 0, width = 0] = keys.shape;
  const column = reshape(score, [width, 1]);
  return (query) => {
    const mixed = relu(add(keys, expandDims(query, 1))); // [rows, regions, width]
    const scores = matMul(reshape(mixed, [rows * regions, width]), column);
    return maskedSoftmax(reshape(scores, [rows, regions]), mask);
  };
}
