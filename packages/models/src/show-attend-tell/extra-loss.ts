/**
 * What Show, Attend and Tell adds to the summed cross-entropy: the doubly stochastic term and, with
 * hard attention, REINFORCE (Williams 1992) for the drawn regions. Both count words, not padding.
 */
import {
  add,
  cast,
  clone,
  div,
  expandDims,
  log,
  mean,
  mul,
  ones,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import type { ExtraLoss } from '../captioner/captioner.js';
import { weightOf, type Weights } from '../parameters.js';
import { BASELINE } from './parameters.js';
import { withoutGradient } from './without-gradient.js';

/** Keeps the logarithm of a region without weight finite. */
const TINY = 1e-20;

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
  return (losses, isWord) => {
    const { hard } = spec;
    const baseline = weightOf(weights, BASELINE); // [1]
    const cost = withoutGradient(() => captionCosts(hard.cost, losses, isWord));
    const words = expandDims(isWord, 2); // [steps, size, 1]
    // Eq. 12: lambda_r (log p(y) - b) d log p(s) + lambda_e dH, here of a cost to be lowered.
    const chosen = mul(log(sum(mul(looks.alpha, drawn.locations), 2)), isWord); // [steps, size]
    const reward = sum(mul(sub(cost, baseline), sum(chosen, 0)));
    const negativeEntropy = sum(mul(mul(looks.alpha, log(add(looks.alpha, TINY))), words));
    const reinforce = add(
      mul(drawn.coin, mul(hard.rewardWeight, reward)),
      mul(hard.entropyWeight, negativeEntropy),
    );
    const average = withoutGradient(() =>
      add(mul(hard.baselineDecay, baseline), mul(1 - hard.baselineDecay, mean(cost))),
    );
    return {
      loss: add(sum(reinforce), doublyStochastic(spec, looks, isWord)),
      updates: new Map([[BASELINE, average]]),
    };
  };
}

/** Negative log-likelihood of each caption, [size]: of all its words, or their mean. */
function captionCosts(
  kind: ShowAttendTellSpec['hard']['cost'],
  losses: Tensor,
  isWord: Tensor,
): Tensor {
  const total = sum(losses, 0);
  return kind === 'sum' ? clone(total) : div(total, sum(isWord, 0));
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
