/**
 * From the raw regions of images to what a decoder looks at (Bazzani, Domhan & Hieber 2018,
 * section 3.1): v_k = ReLU(W f_k), and the global descriptor v_g.
 */
import {
  cast,
  concat,
  div,
  expandDims,
  matMul,
  mean,
  mul,
  ones as onesOf,
  relu,
  reshape,
  slice,
  sub,
  sum,
  zeros as zerosOf,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ImageSpec } from '@capgrid/contracts';
import type { CaptionerSizes, ImageTensors } from '../captioner/captioner.js';
import { ShapeError } from '../errors.js';
import { xavierAverage } from '../initialisers.js';
import { Norm, normParameters } from '../layer-norm.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { toUnitLength } from './feature-norm.js';

export interface Regions {
  /** [images, regions (+ 1), width]: what attention sees, the global descriptor last. */
  readonly memory: Tensor;
  /** bool [images, regions (+ 1)], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
  /**
   * [images, width]: v_g; without one the last region, as sockeye has it. Computed at the first call;
   * a family that calls it says so to `regionParameters`.
   */
  readonly global: () => Tensor;
}

/**
 * `width`: of a projected region. `readsGlobal`: the family reads the global descriptor beside the
 * memory; one that nothing reads has no weight.
 */
export function regionParameters(
  spec: ImageSpec,
  { channels }: CaptionerSizes,
  width: number,
  readsGlobal: boolean,
): ParameterPlan[] {
  const pooled = spec.global === 'paper' ? channels : width;
  const projection = {
    name: 'image.projection',
    shape: [channels, width],
    start: xavierAverage(channels, width),
  };
  const norm = spec.regionNorm === 'layernorm' ? normParameters('image', width) : [];
  if (spec.global === 'none' || !(isGlobalInMemory(spec) || readsGlobal))
    return [projection, ...norm];
  const global = {
    name: 'image.global',
    shape: [pooled, width],
    start: xavierAverage(pooled, width),
  };
  return [projection, global, ...norm];
}

/** One row for each image; a family repeats for its captions what it has made of them (`rowsOf`). */
export function projectRegions(
  spec: ImageSpec,
  weights: Weights,
  { features, mask, isRegion = mask }: ImageTensors,
): Regions {
  const [images = 0, count = 0, channels = 0] = features.shape;
  const projection = weightOf(weights, 'image.projection');
  const [expected = 0, width = 0] = projection.shape;
  if (features.shape.length !== 3 || channels !== expected) {
    throw new ShapeError(
      'features',
      [images, count, expected],
      features.shape,
      'Use the features of the encoder the model was trained on.',
    );
  }
  const flat = matMul(reshape(features, [images * count, channels]), projection);
  const local = normalised(spec, weights, reshape(relu(flat), [images, count, width]), isRegion);
  const global = once(() => {
    if (spec.global === 'none') return lastRegion(local, mask);
    // Eq. 4: v_g = ReLU(W_g mean_k f_k) on raw regions; the released code takes the mean of the
    // projected ones.
    const pooled = meanRegion(spec.global === 'paper' ? features : local, mask);
    return relu(matMul(pooled, weightOf(weights, 'image.global')));
  });
  return withGlobal(spec, { memory: local, mask, global });
}

/** Whether attention sees the global descriptor, behind the regions. */
export function isGlobalInMemory({
  global,
  globalInMemory,
}: Pick<ImageSpec, 'global' | 'globalInMemory'>): boolean {
  return global !== 'none' && globalInMemory;
}

/** The same with the global descriptor behind the regions, where attention is to see it. */
export function withGlobal(
  spec: Pick<ImageSpec, 'global' | 'globalInMemory'>,
  regions: Regions,
): Regions {
  if (!isGlobalInMemory(spec)) return regions;
  const { memory, mask, global } = regions;
  const [images = 0] = memory.shape;
  return {
    memory: concat([memory, expandDims(global(), 1)], 1),
    mask: mask === null ? null : concat([mask, onesOf([images, 1], 'bool')], 1),
    global,
  };
}

function once(compute: () => Tensor): () => Tensor {
  let known: Tensor | null = null;
  return () => (known ??= compute());
}

/** Mean over the real regions: [images, regions, width] to [images, width]. */
export function meanRegion(regions: Tensor, mask: Tensor | null): Tensor {
  if (mask === null) return mean(regions, 1);
  const isRegion = cast(mask, 'float32');
  const total = sum(mul(regions, expandDims(isRegion, 2)), 1);
  return div(total, sum(isRegion, 1, true));
}

/** The last real region: [images, regions, width] to [images, width]. */
export function lastRegion(regions: Tensor, mask: Tensor | null): Tensor {
  const [images = 0, count = 0, width = 0] = regions.shape;
  if (mask === null) {
    return reshape(slice(regions, [0, count - 1, 0], [images, 1, width]), [images, width]);
  }
  return sum(mul(regions, expandDims(lastIn(mask), 2)), 1);
}

/** 1 at the last real region of each image, else 0: float [images, regions]. Padding comes last. */
export function lastIn(mask: Tensor): Tensor {
  const isRegion = cast(mask, 'float32');
  const [images = 0, count = 0] = isRegion.shape;
  const next = concat([slice(isRegion, [0, 1], [images, count - 1]), zerosOf([images, 1])], 1);
  return sub(isRegion, next);
}

function normalised(
  spec: ImageSpec,
  weights: Weights,
  regions: Tensor,
  isRegion: Tensor | null,
): Tensor {
  if (spec.regionNorm === 'none') return regions;
  if (spec.regionNorm === 'l2') return toUnitLength(regions);
  const all = new Norm(weights, 'image').apply(regions);
  // The shift would make something of the regions that are not there.
  return isRegion === null ? all : mul(all, expandDims(cast(isRegion, 'float32'), 2));
}
