/** Scales and normalises the raw regions of images before a decoder sees them. */
import {
  add,
  cast,
  div,
  expandDims,
  maximum,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sqrt,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ImageSpec } from '@capgrid/contracts';
import { layerNorm } from '@capgrid/ops';
import type { ImageTensors } from '../captioner/captioner.js';
import { ones, zeros } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

const LAYER_EPSILON = 1e-6;
const BATCH_EPSILON = 1e-5;
/** Share of the batch in the moving averages, as in PyTorch. */
const MOMENTUM = 0.1;
const SHORTEST = 1e-12;

export interface NormalisedImages {
  readonly images: ImageTensors;
  /** New moving averages, by the names of their weights. */
  readonly updates: ReadonlyMap<string, Tensor>;
}

export function featureNormParameters(spec: ImageSpec, channels: number): ParameterPlan[] {
  if (spec.featureNorm === 'none' || spec.featureNorm === 'l2') return [];
  const affine: ParameterPlan[] = [
    { name: 'features.gamma', shape: [channels], start: ones },
    { name: 'features.beta', shape: [channels], start: zeros },
  ];
  if (spec.featureNorm === 'layernorm') return affine;
  return [
    ...affine,
    { name: 'features.mean', shape: [channels], start: zeros, isTrained: false },
    { name: 'features.variance', shape: [channels], start: ones, isTrained: false },
  ];
}

/** `isTraining`: batch norm takes the statistics of the batch instead of the moving averages. */
export function normaliseFeatures(
  spec: ImageSpec,
  weights: Weights,
  given: ImageTensors,
  isTraining: boolean,
): NormalisedImages {
  const mask = spec.maskPadding ? given.mask : null;
  const features =
    spec.featureScale === 1 ? given.features : mul(given.features, spec.featureScale);
  const { normalised, updates } = normalise(spec, weights, { features, mask }, isTraining);
  // An offset would make something of the regions that are not there.
  const isShifted = given.mask !== null && normalised !== features;
  const kept = isShifted ? mul(normalised, asColumn(given.mask)) : normalised;
  return { images: { features: kept, mask }, updates };
}

/** x / |x| over the last axis. */
export function toUnitLength(x: Tensor): Tensor {
  return div(x, maximum(sqrt(sum(square(x), -1, true)), SHORTEST));
}

function normalise(
  spec: ImageSpec,
  weights: Weights,
  images: ImageTensors,
  isTraining: boolean,
): { readonly normalised: Tensor; readonly updates: ReadonlyMap<string, Tensor> } {
  const { features } = images;
  const updates = new Map<string, Tensor>();
  switch (spec.featureNorm) {
    case 'none':
      return { normalised: features, updates };
    case 'l2':
      return { normalised: toUnitLength(features), updates };
    case 'layernorm': {
      const [images_ = 0, regions = 0, channels = 0] = features.shape;
      const rows = reshape(features, [images_ * regions, channels]);
      const normalised = layerNorm(
        rows,
        weightOf(weights, 'features.gamma'),
        weightOf(weights, 'features.beta'),
        LAYER_EPSILON,
      );
      return { normalised: reshape(normalised, features.shape), updates };
    }
    case 'batchnorm': {
      const moving = {
        mean: weightOf(weights, 'features.mean'),
        variance: weightOf(weights, 'features.variance'),
      };
      const used = isTraining ? batchStatistics(images) : moving;
      const scale = mul(
        rsqrt(add(used.variance, BATCH_EPSILON)),
        weightOf(weights, 'features.gamma'),
      );
      const normalised = add(
        mul(sub(features, used.mean), scale),
        weightOf(weights, 'features.beta'),
      );
      if (isTraining) {
        updates.set('features.mean', moved(moving.mean, used.mean));
        updates.set('features.variance', moved(moving.variance, used.variance));
      }
      return { normalised, updates };
    }
  }
}

/** Of each channel over all real regions, [channels]; the variance is the biased one. */
function batchStatistics({ features, mask }: ImageTensors): { mean: Tensor; variance: Tensor } {
  if (mask === null) {
    const average = mean(features, [0, 1]);
    return { mean: average, variance: mean(square(sub(features, average)), [0, 1]) };
  }
  const isRegion = asColumn(mask);
  const count = sum(isRegion);
  const average = div(sum(mul(features, isRegion), [0, 1]), count);
  const squares = mul(square(sub(features, average)), isRegion);
  return { mean: average, variance: div(sum(squares, [0, 1]), count) };
}

function moved(average: Tensor, value: Tensor): Tensor {
  return add(mul(average, 1 - MOMENTUM), mul(value, MOMENTUM));
}

/** float [images, regions, 1] */
function asColumn(mask: Tensor): Tensor {
  return expandDims(cast(mask, 'float32'), 2);
}
