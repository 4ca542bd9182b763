/** Additive attention: score_k = w · tanh(W_e v_k + W_q q) (Bahdanau et al. 2015), no biases. */
import { matMul, reshape } from '@tensorflow/tfjs-core';
import { MlpAttentionSequence } from '@capgrid/ops';
import { xavierIn } from '../initialisers.js';
import { Linear } from '../linear.js';
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
    prepare: (weights, { memory, mask }) => {
      const [batch = 0, count = 0] = memory.shape;
      const flat = reshape(memory, [batch * count, hidden]);
      const keys = matMul(flat, weightOf(weights, 'attention.regions'));
      return { keys: reshape(keys, [batch, count, hidden]), values: memory, mask };
    },
    matrices: (weights) => ({
      query: new Linear(weightOf(weights, 'attention.query'), null),
      score: reshape(weightOf(weights, 'attention.score'), [hidden]),
    }),
    begin: ({ query: projection, score }, { keys, values, mask }) => {
      const shared = { keys, score: required(score), values, ...(mask === null ? {} : { mask }) };
      const sequence = new MlpAttentionSequence(shared);
      return (query) => sequence.attend(required(projection).apply(query));
    },
  };
}
