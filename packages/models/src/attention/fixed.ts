/**
 * `none`: the context is always the last region. That is the global descriptor when there is one
 * (`global` paper or code); with `global: none` it is the bottom right cell of the grid, as in
 * sockeye's "fixed" attention.
 */
import { clone, concat, ones, reshape, slice, zeros } from '@tensorflow/tfjs-core';
import type { Attention } from './attention.js';

export function fixedAttention(): Attention {
  return {
    parameters: [],
    prepare: (_weights, { memory, mask }) => {
      const [batch = 0, count = 0, hidden = 0] = memory.shape;
      const last = reshape(slice(memory, [0, count - 1, 0], [batch, 1, hidden]), [batch, hidden]);
      const alpha =
        count > 1 ? concat([zeros([batch, count - 1]), ones([batch, 1])], 1) : ones([batch, 1]);
      return { keys: alpha, values: last, mask };
    },
    matrices: () => ({ query: null, score: null }),
    begin: (_matrices, prepared) => () => ({
      context: prepared.values,
      alpha: () => clone(prepared.keys),
    }),
  };
}
