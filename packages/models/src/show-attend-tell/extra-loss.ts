/**
 * What Show, Attend and Tell adds to the summed cross-entropy: the doubly stochastic term, which counts
 * words and not padding, and, with hard attention, REINFORCE for the drawn regions.
 */
import {
  add,
  cast,
  div,
  expandDims,
  mul,
  ones,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import type { ExtraLoss } from '../captioner/captioner.js';
import { reinforce } from '../hard-attention/reinforce.js';
import type { Weights } from '../parameters.js';

export interface Looks {
  readonly alpha: Tensor; // [steps, size, regions]
  /** bool [size, regions], or null */
  readonly mask: Tensor | null;
  /** Hard attention: the drawn regions, one-hot, and whether they were taken. */
  readonly drawn: { readonly locations: Tensor; readonly coin: Tensor } | null;
}

export function extraLossOf(
  spec: ShowAttendTellSpec,
  weights: Weights,
  looks: Looks,
): ExtraLoss | null {
  const { drawn } = looks;
  if (drawn === null) {
    if (spec.doublyStochastic.weight === 0) return null;
    return (_losses, isWord) => ({
      loss: doublyStochastic(spec, looks, isWord),
      updates: new Map(),
    });
  }
  const reinforced = reinforce(spec.hard, weights, { alpha: looks.alpha, ...drawn });
  return (losses, isWord) => {
    const { loss, updates } = reinforced(losses, isWord);
    return { loss: add(loss, doublyStochastic(spec, looks, isWord)), updates };
  };
}

/**
 * alpha_c sum_i (1 - sum_t alpha_ti)^2 of all captions, eq. 14. The mean over regions belongs to a loss
 * that is a mean over words, as in the PyTorch port; so it is worth a caption's mean number of words.
 */
function doublyStochastic(spec: ShowAttendTellSpec, looks: Looks, isWord: Tensor): Tensor {
  const { weight, over } = spec.doublyStochastic;
  const attended = sum(mul(looks.alpha, expandDims(isWord, 2)), 0); // [size, regions]
  const isRegion = looks.mask === null ? ones(attended.shape) : cast(looks.mask, 'float32');
  const gaps = mul(square(sub(1, attended)), isRegion);
  if (over === 'sum') return mul(weight, sum(gaps));
  const means = div(sum(gaps, 1), sum(isRegion, 1)); // [size]
  return mul(mul(weight, sum(means)), div(sum(isWord), isWord.shape[1] ?? 1));
}
