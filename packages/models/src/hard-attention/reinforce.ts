/**
 * REINFORCE (Williams 1992) for drawn regions, added to the summed cross-entropy (Xu et al. 2015, section
 * 4.1). It counts words, not padding.
 */
import {
  add,
  clone,
  div,
  expandDims,
  log,
  mean,
  mul,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { zeros } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import type { LocationSpec } from './locations.js';
import { withoutGradient } from './without-gradient.js';

/** The moving average of the captions' costs, [1]. */
export const BASELINE = 'hard.baseline';

/** Keeps the logarithm of a region without weight finite. */
const TINY = 1e-20;

export function baselineParameters({ locations }: LocationSpec): ParameterPlan[] {
  if (locations === 'soft') return [];
  return [{ name: BASELINE, shape: [1], start: zeros, isTrained: false }];
}

export interface Draws {
  readonly alpha: Tensor; // [steps, size, regions]
  /** The drawn regions, one-hot, [steps, size, regions]. */
  readonly locations: Tensor;
  /** [1]: 1 where they were taken, else 0. */
  readonly coin: Tensor;
}

/** An `ExtraLoss` that is never null. */
export type Reinforced = (
  losses: () => Tensor,
  isWord: Tensor,
) => { readonly loss: Tensor; readonly updates: ReadonlyMap<string, Tensor> };

export function reinforce(
  hard: LocationSpec['hard'],
  weights: Weights,
  { alpha, locations, coin }: Draws,
): Reinforced {
  return (losses, isWord) => {
    const baseline = weightOf(weights, BASELINE); // [1]
    const cost = withoutGradient(() => captionCosts(hard.cost, losses(), isWord));
    const words = expandDims(isWord, 2); // [steps, size, 1]
    // Eq. 12: lambda_r (log p(y) - b) d log p(s) + lambda_e dH, here of a cost to be lowered.
    const chosen = mul(log(sum(mul(alpha, locations), 2)), isWord); // [steps, size]
    const reward = sum(mul(sub(cost, baseline), sum(chosen, 0)));
    const negativeEntropy = sum(mul(mul(alpha, log(add(alpha, TINY))), words));
    const loss = add(
      mul(coin, mul(hard.rewardWeight, reward)),
      mul(hard.entropyWeight, negativeEntropy),
    );
    const average = withoutGradient(() =>
      add(mul(hard.baselineDecay, baseline), mul(1 - hard.baselineDecay, mean(cost))),
    );
    return { loss: sum(loss), updates: new Map([[BASELINE, average]]) };
  };
}

/** Negative log-likelihood of each caption, [size]: of all its words, or their mean. */
function captionCosts(kind: LocationSpec['hard']['cost'], losses: Tensor, isWord: Tensor): Tensor {
  const total = sum(losses, 0);
  return kind === 'sum' ? clone(total) : div(total, sum(isWord, 0));
}
