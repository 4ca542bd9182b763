/** Dot attention: score_k = q · v_k, no parameters (Bazzani et al. 2018, section 3.2). */
import { expandDims, matMul, mul, reshape, softmax } from '@tensorflow/tfjs-core';
import type { Attention } from './attention.js';

export function dotAttention(hidden: number, isScaled: boolean): Attention {
  return {
    parameters: [],
    prepare: (_weights, regions) => ({ keys: regions, values: regions }),
    matrices: () => ({ query: null, score: null }),
    begin:
      (_matrices, { keys, values }) =>
      (query) => {
        const [batch = 0, count = 0] = keys.shape;
        const q = isScaled ? mul(query, 1 / Math.sqrt(hidden)) : query;
        const scores = matMul(keys, expandDims(q, 2)); // [batch, regions, 1]
        const alpha = softmax(reshape(scores, [batch, count]));
        const context = matMul(expandDims(alpha, 1), values); // [batch, 1, hidden]
        return { context: reshape(context, [batch, hidden]), alpha: () => alpha };
      },
  };
}
