/**
 * Where the decoder looks. Soft: the expectation over all regions. Hard (Xu et al. 2015, section 4.1):
 * one region drawn from alpha, in a share of the minibatches; the expectation in the others.
 */
import {
  add,
  argMax,
  cast,
  cumsum,
  less,
  lessEqual,
  minimum,
  mul,
  oneHot,
  ones,
  reshape,
  slice,
  sub,
  sum,
  unstack,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import { noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { withoutGradient } from './without-gradient.js';

export interface Look {
  /** Weights of the regions in the context, [rows, regions]. */
  readonly weights: Tensor;
  /** One-hot, the region that was drawn; null where none was. */
  readonly drawn: Tensor | null;
}

/** The choice at step `t` by alpha, [rows, regions]. */
export type Choose = (alpha: Tensor, t: number) => Look;

/** The options of a decoder that may look at one region at each word. */
export type LocationSpec = Pick<ShowAttendTellSpec, 'locations' | 'hard'>;

export interface Locations {
  readonly choose: Choose;
  /** At all steps at once by alpha, [steps * rows, regions], time-major. */
  readonly chooseAll: (alpha: Tensor) => Look;
  /** [1]: 1 where this minibatch takes the drawn regions, else 0; null where none are drawn. */
  readonly coin: Tensor | null;
}

export function locationNoise({ locations }: LocationSpec): NoisePlan[] {
  if (locations === 'soft') return [];
  return [
    { name: 'coin', kind: 'uniform', shape: () => [1] },
    { name: 'location', kind: 'uniform', shape: (steps, size) => [steps, size] },
  ];
}

/** `noise`: null in validation and decoding, where nothing is drawn. */
export function locationsOf(
  { locations, hard }: LocationSpec,
  noise: Noise | null,
  plans: readonly NoisePlan[],
): Locations {
  const isHard = locations === 'hard';
  const [coinNoise, draws] = isHard
    ? [noiseOf(noise, plans, 'coin'), noiseOf(noise, plans, 'location')]
    : [null, null];
  if (coinNoise === null || draws === null) {
    const isLikeliest = isHard && hard.atTest === 'argmax';
    const weigh = isLikeliest ? likeliest : (alpha: Tensor): Tensor => alpha;
    const choose = (alpha: Tensor): Look => ({ weights: weigh(alpha), drawn: null });
    return { choose, chooseAll: choose, coin: null };
  }
  const coin = cast(less(coinNoise, hard.sampledShare), 'float32');
  const uniform = unstack(draws); // [size] each
  const look = (alpha: Tensor, numbers: Tensor): Look => {
    const drawn = drawLocation(alpha, numbers);
    return { weights: add(mul(coin, drawn), mul(sub(1, coin), alpha)), drawn };
  };
  return {
    coin,
    choose: (alpha, t) => {
      const numbers = uniform[t];
      return numbers === undefined ? { weights: alpha, drawn: null } : look(alpha, numbers);
    },
    chooseAll: (alpha) => look(alpha, draws),
  };
}

/** Below 1 by more than rounding can lose, so that the sum of all weights is never reached. */
const LARGEST = 1 - 2 ** -22;

/**
 * One-hot [rows, regions]: the region at which the sum of the weights passes the uniform number of its
 * row. A region of weight 0 is never drawn.
 */
function drawLocation(alpha: Tensor, uniform: Tensor): Tensor {
  return withoutGradient(() => {
    const [rows = 0, regions = 0] = alpha.shape;
    const sums = cumsum(alpha, 1);
    const total = slice(sums, [0, regions - 1], [rows, 1]);
    const reached = mul(total, reshape(minimum(uniform, LARGEST), [rows, 1]));
    return oneHotRows(sum(cast(lessEqual(sums, reached), 'int32'), 1), regions);
  });
}

function likeliest(alpha: Tensor): Tensor {
  return withoutGradient(() => oneHotRows(argMax(alpha, 1), alpha.shape[1] ?? 0));
}

/** [rows, regions]; `index`: int32 [rows]. */
function oneHotRows(index: Tensor, regions: number): Tensor {
  // tfjs has no oneHot of depth 1.
  if (regions === 1) return ones([index.size, 1]);
  return oneHot(index, regions, 1, 0, 'float32');
}
