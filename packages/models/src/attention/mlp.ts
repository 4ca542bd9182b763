/** Additive attention: score_k = w · tanh(W_e v_k + W_q q) (Bahdanau et al. 2015), no biases. */
import { add, expandDims, matMul, reshape, softmax, tanh } from '@tensorflow/tfjs-core';
import { xavierIn } from '../initialisers.js';
import { applyLinear, linear } from '../linear.js';
import { weightOf } from '../parameters.js';
import type { Attention } from './attention.js';
import { required } from './required.js';

export function mlpAttention(hidden: number): Attention {
  return {
    parameters: [
      { name: 'attention.regions', shape: [hidden, hidden], start: xavierIn(hidden) },
      { name: 'attention.query', shape: [hidden, hidden], start: xavierIn(hidden) },
      { name: 'attention.score', shape: [hidden, 1], start: xavierIn(hidden) },
    ],
    prepare: (weights, regions) => {
      const [batch = 0, count = 0] = regions.shape;
      const flat = reshape(regions, [batch * count, hidden]);
      const keys = matMul(flat, weightOf(weights, 'attention.regions'));
      return { keys: reshape(keys, [batch, count, hidden]), values: regions };
    },
    matrices: (weights) => ({
      query: linear(weightOf(weights, 'attention.query')),
      vector: weightOf(weights, 'attention.score'),
    }),
    attend: ({ query: projection, vector }, { keys, values }, query) => {
      const [batch = 0, count = 0] = keys.shape;
      const projected = applyLinear(query, required(projection));
      const mixed = tanh(add(keys, expandDims(projected, 1))); // [batch, regions, hidden]
      const scores = matMul(reshape(mixed, [batch * count, hidden]), required(vector));
      const alpha = softmax(reshape(scores, [batch, count]));
      const context = matMul(expandDims(alpha, 1), values); // [batch, 1, hidden]
      return { context: reshape(context, [batch, hidden]), alpha };
    },
  };
}
