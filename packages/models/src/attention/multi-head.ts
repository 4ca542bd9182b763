/**
 * Multi-head attention as sockeye's RNN decoder runs it: projected keys, values and query with
 * biases, scores divided by the root of the head's width, heads concatenated. Sockeye declares an
 * output projection with a bias and never applies it; here it is applied if asked for.
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
import { xavierIn, zeros } from '../initialisers.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import type { Regions } from '../image/regions.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';

export function multiHeadParameters(
  hidden: number,
  queryWidth: number,
  isProjected: boolean,
): ParameterPlan[] {
  const output: ParameterPlan[] = [
    { name: 'attention.output', shape: [hidden, hidden], start: xavierIn(hidden) },
    { name: 'attention.outputBias', shape: [hidden], start: zeros },
  ];
  return [
    { name: 'attention.keysValues', shape: [hidden, 2 * hidden], start: xavierIn(hidden) },
    { name: 'attention.keysValuesBias', shape: [2 * hidden], start: zeros },
    { name: 'attention.query', shape: [queryWidth, hidden], start: xavierIn(queryWidth) },
    { name: 'attention.queryBias', shape: [hidden], start: zeros },
    ...(isProjected ? output : []),
  ];
}

/** `heads` divides the width of the regions: the spec sees to it. */
export class MultiHeadAttention implements Attention {
  private readonly query: Linear; // [query width, hidden]
  private readonly keysValues: Tensor; // [hidden, 2 hidden]
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
    const [batch = 0, count = 0, hidden = 0] = memory.shape;
    const flat = reshape(memory, [batch * count, hidden]);
    const projected = add(matMul(flat, this.keysValues), this.keysValuesBias);
    const [keys, values] = split<Tensor>(projected, 2, 1);
    if (keys === undefined || values === undefined) throw new ModelInputError('no regions');
    return {
      keys: prepareHeads(reshape(keys, [batch, count, hidden]), heads),
      values: prepareHeads(reshape(values, [batch, count, hidden]), heads),
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
