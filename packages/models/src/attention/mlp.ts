/**
 * Additive attention: score_k = w · tanh(W_e v_k + W_q q) (Bahdanau et al. 2015, section A.1.2), no
 * biases; W_e v_k is computed once per image. With layer normalisation, of what tanh is applied to.
 */
import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { MlpAttentionSequence } from '@capgrid/ops';
import { eachRegion } from '../image/each-region.js';
import type { Regions } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { Norm, normParameters } from '../layer-norm.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { attendNormalised } from './attend-normalised.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';
import type { ScoreWidths } from './widths.js';

export function mlpParameters(
  { region, query, score }: ScoreWidths,
  isNormalised: boolean,
): ParameterPlan[] {
  return [
    { name: 'attention.regions', shape: [region, score], start: xavierIn(region) },
    { name: 'attention.query', shape: [query, score], start: xavierIn(query) },
    { name: 'attention.score', shape: [score, 1], start: xavierIn(score) },
    ...(isNormalised ? normParameters('attention.norm', score) : []),
  ];
}

/** The matrices of `mlpParameters`. */
export class MlpScores {
  /** [query width, score width] */
  readonly query: Linear;
  /** [score width] */
  readonly score: Tensor;
  readonly norm: Norm | null;
  private readonly regions: Tensor; // [region width, score width]

  constructor(weights: Weights, isNormalised: boolean) {
    this.regions = weightOf(weights, 'attention.regions');
    this.query = new Linear(weightOf(weights, 'attention.query'), null);
    const score = weightOf(weights, 'attention.score');
    this.score = reshape(score, [score.size]);
    this.norm = isNormalised ? new Norm(weights, 'attention.norm') : null;
  }

  /** W_e v_k, [images, regions, score width] */
  keys(memory: Tensor): Tensor {
    return eachRegion(memory, this.regions);
  }
}

export class MlpAttention implements Attention {
  private readonly scores: MlpScores;

  constructor(weights: Weights, isNormalised: boolean) {
    this.scores = new MlpScores(weights, isNormalised);
  }

  readonly start = remembersNothing;

  prepare({ memory, mask }: Regions): PreparedRegions {
    return { keys: this.scores.keys(memory), values: memory, mask, memoryInput: null };
  }

  begin({ keys, values, mask }: PreparedRegions): Attend {
    const { query: projection, score, norm } = this.scores;
    if (norm !== null) {
      return (query) => {
        const tensors = { keys, query: projection.apply(query), score, values, mask };
        const { context, alpha } = attendNormalised(tensors, norm);
        return { context, alpha: () => alpha, state: NOTHING };
      };
    }
    const shared = { keys, score, values, ...(mask === null ? {} : { mask }) };
    const sequence = new MlpAttentionSequence(shared);
    return (query) => ({ ...sequence.attend(projection.apply(query)), state: NOTHING });
  }
}
