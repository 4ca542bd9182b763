/**
 * From the raw regions of images to the rows that a decoder looks at (Bazzani, Domhan & Hieber 2018,
 * section 3.1): v_k = ReLU(W f_k), and the global descriptor v_g.
 */
import {
  concat,
  expandDims,
  matMul,
  mean,
  ones,
  relu,
  reshape,
  slice,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ImageSpec } from '@capgrid/contracts';
import type { CaptionerSizes, ImageTensors } from '../captioner/captioner.js';
import { ShapeError } from '../errors.js';
import { xavierAverage } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

export interface Regions {
  /** [images, regions (+ 1), width]: what attention sees, the global descriptor last. */
  readonly memory: Tensor;
  /** bool [images, regions (+ 1)], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
  /** [images, width]: v_g; without one the last region, as sockeye has it. */
  readonly global: Tensor;
}

/** `width`: of a projected region. */
export function regionParameters(
  spec: ImageSpec,
  { channels }: CaptionerSizes,
  width: number,
): ParameterPlan[] {
  const pooled = spec.global === 'paper' ? channels : width;
  const projection = {
    name: 'image.projection',
    shape: [channels, width],
    start: xavierAverage(channels, width),
  };
  if (spec.global === 'none') return [projection];
  const global = {
    name: 'image.global',
    shape: [pooled, width],
    start: xavierAverage(pooled, width),
  };
  return [projection, global];
}

export function projectRegions(
  spec: ImageSpec,
  weights: Weights,
  { features, mask }: ImageTensors,
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
  const local = reshape(relu(flat), [images, count, width]);
  if (spec.global === 'none') {
    const last = reshape(slice(local, [0, count - 1, 0], [images, 1, width]), [images, width]);
    return { memory: local, mask, global: last };
  }
  // Eq. 4: v_g = ReLU(W_g mean_k f_k) on raw regions; the released code takes the mean of the
  // projected ones.
  const pooled = mean(spec.global === 'paper' ? features : local, 1);
  const global = relu(matMul(pooled, weightOf(weights, 'image.global')));
  if (!spec.globalInMemory) return { memory: local, mask, global };
  return {
    memory: concat([local, expandDims(global, 1)], 1),
    mask: mask === null ? null : concat([mask, ones([images, 1], 'bool')], 1),
    global,
  };
}
