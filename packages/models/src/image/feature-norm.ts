/** Scales and normalises the raw regions of images before a decoder sees them. */
import {
  cast,
  expandDims,
  maximum,
  mul,
  reshape,
  rsqrt,
  square,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ImageSpec } from '@capgrid/contracts';
import type { ImageTensors } from '../captioner/captioner.js';
import { Norm, normParameters } from '../layer-norm.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import { batchNorm, batchNormParameters, type BatchNormalised } from './batch-norm.js';

/** Share of the batch in the moving averages, as in PyTorch. */
const MOMENTUM = 0.1;
/** Squared length below which a vector counts as this long, so that zeros stay zeros. */
const SHORTEST_SQUARED = 1e-24;
const NAME = 'features';

export interface NormalisedImages {
  readonly images: ImageTensors;
  /** New moving averages, by the names of their weights. */
  readonly updates: ReadonlyMap<string, Tensor>;
}

export function featureNormParameters(spec: ImageSpec, channels: number): ParameterPlan[] {
  switch (spec.featureNorm) {
    case 'none':
    case 'l2':
      return [];
    case 'layernorm':
      return normParameters(NAME, channels);
    case 'batchnorm':
      return batchNormParameters(NAME, channels);
  }
}

/** `isTraining`: batch norm takes the statistics of the batch instead of the moving averages. */
export function normaliseFeatures(
  spec: ImageSpec,
  weights: Weights,
  given: ImageTensors,
  isTraining: boolean,
): NormalisedImages {
  const { mask: isRegion } = given;
  // A factor would change nothing of unit vectors but their last bits.
  const isScaled = spec.featureScale !== 1 && spec.featureNorm !== 'l2';
  const features = isScaled ? mul(given.features, spec.featureScale) : given.features;
  const column = isRegion === null ? null : asColumn(isRegion);
  const { normalised, updates } = normalise(spec, weights, features, column, isTraining);
  // An offset would make something of the regions that are not there.
  const isShifted = column !== null && normalised !== features;
  const kept = isShifted ? mul(normalised, column) : normalised;
  const mask = spec.maskPadding ? isRegion : null;
  return { images: { ...given, features: kept, mask, isRegion }, updates };
}

/** x / |x| over the last axis; zeros stay zeros, with a finite gradient. */
export function toUnitLength(x: Tensor): Tensor {
  return mul(x, rsqrt(maximum(sum(square(x), -1, true), SHORTEST_SQUARED)));
}

/** `isRegion`: float [images, regions, 1], 0 where a region is padding; null where none is. */
function normalise(
  spec: ImageSpec,
  weights: Weights,
  features: Tensor,
  isRegion: Tensor | null,
  isTraining: boolean,
): BatchNormalised {
  const updates = new Map<string, Tensor>();
  switch (spec.featureNorm) {
    case 'none':
      return { normalised: features, updates };
    case 'l2':
      return { normalised: toUnitLength(features), updates };
    case 'layernorm':
      return { normalised: new Norm(weights, NAME).apply(features), updates };
    case 'batchnorm': {
      const [images = 0, regions = 0, channels = 0] = features.shape;
      const count = images * regions;
      const rows = reshape(features, [count, channels]);
      const isReal = isRegion === null ? null : reshape(isRegion, [count, 1]);
      const settings = { name: NAME, momentum: MOMENTUM, isTraining };
      const result = batchNorm(weights, rows, isReal, settings);
      return { ...result, normalised: reshape(result.normalised, features.shape) };
    }
  }
}

/** float [images, regions, 1] */
function asColumn(mask: Tensor): Tensor {
  return expandDims(cast(mask, 'float32'), 2);
}
