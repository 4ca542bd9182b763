/** The captioners of the benchmark: those of Bazzani et al. 2018 in their first form. */
import { ModelSpec } from '@capgrid/contracts';
import type { Sizes } from './sizes.js';

export const MODEL_NAMES = ['arnn', 'sat', 'fcn'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/**
 * ARNN: additive attention, concatenated global region, weight norm. SAT: one block, layer norm after
 * each part. FCN: one block, learned positions, plain dot attention.
 */
export function specOf(name: ModelName, sizes: Sizes): ModelSpec {
  const { hidden, heads, feedForward, kernel } = sizes;
  const options = {
    arnn: { embed: hidden, weightNorm: true },
    sat: { heads, feedForward },
    fcn: { embed: hidden, kernel },
  };
  return ModelSpec.parse({ decoder: name, hidden, ...options[name] });
}
