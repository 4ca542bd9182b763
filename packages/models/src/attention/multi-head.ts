/**
 * Multi-head attention as sockeye's RNN decoder runs it: keys, values and query projected to the width
 * of the state, with biases, scores divided by the root of the head's width, heads concatenated.
 * Sockeye declares an output projection with a bias and never applies it; here it is applied if asked
 * for.
 */
import {
  add,
  expandDims,
  matMul,
  mean,
  reshape,
  split,
  squeeze,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { attendPrepared, prepareHeads } from '@capgrid/ops';
import { ModelInputError } from '../errors.js';
import { Linear } from '../linear.js';
import { affine } from '../matrix.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import type { Regions } from '../image/regions.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';
import type { ScoreWidths } from './widths.js';

export function multiHeadParameters(
  { region, query, score }: ScoreWidths,
  isProjected: boolean,
): ParameterPlan[] {
  return [
    ...affine('attention.keysValues', region, 2 * score),
    ...affine('attention.query', query, score),
    ...(isProjected ? affine('attention.output', score, score) : []),
  ];
}

/** `heads` divides the width of the state: the spec sees to it. */
export class MultiHeadAttention implements Attention {
  private readonly query: Linear; // [query width, hidden]
  private readonly keysValues: Tensor; // [region width, 2 hidden]
  private readonly keysValuesBias: Tensor; // [2 hidden]
  private readonly output: Linear | null; // [hidden, hidden]

  /** `isProjected`: the joined heads are. */
  constructor(
    weights: Weights,
    private readonly heads: number,
    isProjected: boolean,
  ) {
    this.query = new Linear(
      weightOf(weights, 'attention.query'),
      weightOf(weights, 'attention.queryBias'),
    );
    this.output = isProjected
      ? new Linear(weightOf(weights, 'attention.output'), weightOf(weights, 'attention.outputBias'))
      : null;
    this.keysValues = weightOf(weights, 'attention.keysValues');
    this.keysValuesBias = weightOf(weights, 'attention.keysValuesBias');
  }

  readonly start = remembersNothing;

  prepare({ memory, mask }: Regions): PreparedRegions {
    const { heads } = this;
    const [batch = 0, count = 0, region = 0] = memory.shape;
    const flat = reshape(memory, [batch * count, region]);
    const projected = add(matMul(flat, this.keysValues), this.keysValuesBias);
    const [keys, values] = split<Tensor>(projected, 2, 1);
    if (keys === undefined || values === undefined) throw new ModelInputError('no regions');
    return {
      keys: prepareHeads(reshape(keys, [batch, count, -1]), heads),
      values: prepareHeads(reshape(values, [batch, count, -1]), heads),
      mask,
      memoryInput: null,
    };
  }

  begin({ keys, values, mask }: PreparedRegions): Attend {
    const { heads, output } = this;
    return (query) => {
      const projected = this.query.apply(query);
      const [batch = 0, hidden = 0] = projected.shape;
      const asked = expandDims(projected, 1); // [batch, 1, hidden]
      const { context, alpha } = attendPrepared(
        { query: asked, keys, values, ...(mask === null ? {} : { mask }) },
        { heads, scale: 1 / Math.sqrt(hidden / heads) },
      );
      const joined = reshape(context, [batch, hidden]);
      return {
        context: output === null ? joined : output.apply(joined),
        alpha: () => mean(squeeze(alpha, [2]), 1),
        state: NOTHING,
      };
    };
  }
}
