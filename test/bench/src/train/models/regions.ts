/** Image rows for SAT and FCN: as the ARNN's with `global: code`. */
import {
  concat,
  expandDims,
  matMul,
  mean,
  relu,
  reshape,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Sizes } from '../sizes.js';
import { weightOf, type ParameterPlan, type Weights } from './captioner.js';
import { matrix } from './start-values.js';

export function regionParameters({ channels, hidden }: Sizes): ParameterPlan[] {
  return [
    matrix('image.projection', [channels, hidden], channels),
    matrix('image.global', [hidden, hidden], hidden),
  ];
}

/** [batch, regions, channels] -> [batch, regions + 1, hidden]; the last row is the whole image. */
export function encodeRegions(weights: Weights, { hidden }: Sizes, features: Tensor): Tensor {
  const [batch = 0, regions = 0, channels = 0] = features.shape;
  const rows = reshape(features, [batch * regions, channels]);
  const projected = relu(matMul(rows, weightOf(weights, 'image.projection')));
  const local = reshape(projected, [batch, regions, hidden]);
  const whole = relu(matMul(mean(local, 1), weightOf(weights, 'image.global')));
  return concat([local, expandDims(whole, 1)], 1);
}
