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
  reshape,
  split,
  squeeze,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { attendPrepared, prepareHeads } from '@capgrid/ops';
import { ModelInputError } from '../errors.js';
import { xavierIn, zeros } from '../initialisers.js';
import { Linear } from '../linear.js';
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
    prepare: (weights, { memory, mask }) => {
      const [batch = 0, count = 0] = memory.shape;
      const projected = add(
        matMul(reshape(memory, [batch * count, hidden]), weightOf(weights, 'attention.keysValues')),
        weightOf(weights, 'attention.keysValuesBias'),
      );
      const [keys, values] = split<Tensor>(projected, 2, 1);
      if (keys === undefined || values === undefined) throw new ModelInputError('no regions');
      return {
        keys: prepareHeads(reshape(keys, [batch, count, hidden]), heads),
        values: prepareHeads(reshape(values, [batch, count, hidden]), heads),
        mask,
      };
    },
    matrices: (weights) => ({
      query: new Linear(
        weightOf(weights, 'attention.query'),
        weightOf(weights, 'attention.queryBias'),
      ),
      score: null,
    }),
    begin:
      ({ query: projection }, { keys, values, mask }) =>
      (query) => {
        const batch = query.shape[0] ?? 0;
        const projected = expandDims(required(projection).apply(query), 1); // [batch, 1, hidden]
        const { context, alpha } = attendPrepared(
          { query: projected, keys, values, ...(mask === null ? {} : { mask }) },
          { heads, scale: 1 / Math.sqrt(width) },
        );
        return {
          context: reshape(context, [batch, hidden]),
          alpha: () => mean(squeeze(alpha, [2]), 1),
        };
      },
  };
}
