/** Dot attention: score_k = q · v_k, no parameters (Bazzani et al. 2018, section 3.2). */
import { expandDims, matMul, mul, reshape } from '@tensorflow/tfjs-core';
import { maskedSoftmax } from '@capgrid/ops';
import type { Attention } from './attention.js';

export function dotAttention(hidden: number, isScaled: boolean): Attention {
  return {
    parameters: [],
    prepare: (_weights, { memory, mask }) => ({ keys: memory, values: memory, mask }),
    matrices: () => ({ query: null, score: null }),
    begin:
      (_matrices, { keys, values, mask }) =>
      (query) => {
        const [batch = 0, count = 0] = keys.shape;
        const q = isScaled ? mul(query, 1 / Math.sqrt(hidden)) : query;
        const scores = reshape(matMul(keys, expandDims(q, 2)), [batch, count]);
        const alpha = maskedSoftmax(scores, mask);
        const context = matMul(expandDims(alpha, 1), values); // [batch, 1, hidden]
        return { context: reshape(context, [batch, hidden]), alpha: () => alpha };
      },
  };
}
