/** One map of attention from decoders that attend several times to choose a word. */
import { mean, stack, type Tensor } from '@tensorflow/tfjs-core';

/** Mean over layers and heads: from [batch, heads, queries, keys] each to [batch, queries, keys]. */
export function meanAttention(layers: readonly Tensor[]): Tensor {
  const maps = layers.map((alpha) => mean(alpha, 1));
  return mean(stack(maps), 0);
}
