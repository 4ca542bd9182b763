/**
 * Multi-head attention as sockeye's RNN decoder runs it: projected keys, values and query with
 * biases, scores divided by the root of the head's width, heads concatenated. Sockeye declares an
 * output projection and never applies it; there is none here.
 */
import {
  add,
  expandDims,
  matMul,
  mean,
  mul,
  reshape,
  softmax,
  split,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import { xavierIn, zeros } from '../initialisers.js';
import { applyLinear, linear } from '../linear.js';
import { weightOf } from '../parameters.js';
import type { Attention } from './attention.js';
import { required } from './required.js';

export function multiHeadAttention(hidden: number, heads: number): Attention {
  const width = hidden / heads;
  if (!Number.isInteger(width)) {
    throw new ModelInputError(
      `model.hidden (${hidden}) is not a multiple of attention.heads (${heads}).`,
    );
  }
  return {
    parameters: [
      { name: 'attention.keysValues', shape: [hidden, 2 * hidden], start: xavierIn(hidden) },
      { name: 'attention.keysValuesBias', shape: [2 * hidden], start: zeros },
      { name: 'attention.query', shape: [hidden, hidden], start: xavierIn(hidden) },
      { name: 'attention.queryBias', shape: [hidden], start: zeros },
    ],
    prepare: (weights, regions) => {
      const [batch = 0, count = 0] = regions.shape;
      const projected = add(
        matMul(
          reshape(regions, [batch * count, hidden]),
          weightOf(weights, 'attention.keysValues'),
        ),
        weightOf(weights, 'attention.keysValuesBias'),
      );
      const [keys, values] = split<Tensor>(projected, 2, 1);
      if (keys === undefined || values === undefined) throw new ModelInputError('no regions');
      return { keys: byHead(keys, batch, count), values: byHead(values, batch, count) };
    },
    matrices: (weights) => ({
      query: linear(weightOf(weights, 'attention.query')),
      vector: weightOf(weights, 'attention.queryBias'),
    }),
    attend: ({ query: projection, vector }, { keys, values }, query) => {
      const batch = query.shape[0] ?? 0;
      const count = keys.shape[1] ?? 0;
      const q = add(applyLinear(query, required(projection)), required(vector));
      const scaled = mul(reshape(q, [batch * heads, width]), 1 / Math.sqrt(width));
      const scores = matMul(keys, expandDims(scaled, 2)); // [batch * heads, regions, 1]
      const alpha = softmax(reshape(scores, [batch * heads, count]));
      const context = matMul(expandDims(alpha, 1), values); // [batch * heads, 1, width]
      return {
        context: reshape(context, [batch, hidden]),
        alpha: mean(reshape(alpha, [batch, heads, count]), 1),
      };
    },
  };

  /** [batch * count, hidden] -> [batch * heads, count, width] */
  function byHead(x: Tensor, batch: number, count: number): Tensor {
    const grouped = transpose(reshape(x, [batch, count, heads, width]), [0, 2, 1, 3]);
    return reshape(grouped, [batch * heads, count, width]);
  }
}
