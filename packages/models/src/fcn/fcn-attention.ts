/**
 * How a convolutional block looks at the regions (Gehring et al. 2017, eq. 1): plain dot products by
 * default, as sockeye has it, or those of projected queries, keys and values.
 */
import { add, matMul, reshape, split, type Tensor } from '@tensorflow/tfjs-core';
import type { FcnSpec } from '@capgrid/contracts';
import { multiHeadAttention } from '@capgrid/ops';
import { ModelInputError } from '../errors.js';
import { affine } from '../matrix.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

/** What a block reads of the regions, [rows, regions, hidden] each. */
export interface RegionKeys {
  readonly keys: Tensor;
  readonly values: Tensor;
}

export function attentionParameters(spec: FcnSpec, layer: string): ParameterPlan[] {
  if (!spec.projectQkv) return [];
  const { hidden } = spec;
  const name = `${layer}.attention`;
  return [
    ...affine(`${name}.query`, hidden, hidden),
    // Columns for keys and values.
    ...affine(`${name}.regions`, hidden, 2 * hidden),
  ];
}

/** Once per batch of images. `memory`: [images, regions, hidden]. */
export function regionKeys(
  spec: FcnSpec,
  weights: Weights,
  layer: string,
  memory: Tensor,
): RegionKeys {
  if (!spec.projectQkv) return { keys: memory, values: memory };
  const [images = 0, count = 0, hidden = 0] = memory.shape;
  const rows = reshape(memory, [images * count, hidden]);
  const projected = linear(weights, `${layer}.attention.regions`, rows);
  const [keys, values] = split<Tensor>(projected, 2, 1);
  if (keys === undefined || values === undefined) throw new ModelInputError('no regions');
  return { keys: reshape(keys, memory.shape), values: reshape(values, memory.shape) };
}

/**
 * From the units of a block, [size * steps, hidden], to contexts of the same shape and the weights
 * alpha, [size, 1, steps, regions].
 */
export function attendRegions(
  spec: FcnSpec,
  weights: Weights,
  layer: string,
  units: Tensor,
  { keys, values }: RegionKeys,
  mask: Tensor | null,
): { context: Tensor; alpha: Tensor } {
  const { hidden, projectQkv } = spec;
  const queries = projectQkv ? linear(weights, `${layer}.attention.query`, units) : units;
  const size = keys.shape[0] ?? 0;
  const query = reshape(queries, [size, units.size / (size * hidden), hidden]);
  const { context, alpha } = multiHeadAttention(
    { query, keys, values, ...(mask === null ? {} : { mask }) },
    { heads: 1, scale: projectQkv ? 1 / Math.sqrt(hidden) : 1, isCausal: false },
  );
  return { context: reshape(context, units.shape), alpha };
}

function linear(weights: Weights, name: string, x: Tensor): Tensor {
  return add(matMul(x, weightOf(weights, name)), weightOf(weights, `${name}Bias`));
}
