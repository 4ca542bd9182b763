/** Where training and decoding get the regions of images from. */
import { tensor3d, type Tensor3D } from '@tensorflow/tfjs-core';
import { ShapeError } from './errors.js';

export interface FeatureSource {
  /** Regions of one image, without a global one. */
  readonly regions: number;
  /** Numbers of one region. */
  readonly channels: number;
  /** [images, regions, channels], row-major, in the order asked. */
  readonly batch: (imageIndices: readonly number[]) => Float32Array;
}

export function featureTensor(features: FeatureSource, imageIndices: readonly number[]): Tensor3D {
  const shape: [number, number, number] = [
    imageIndices.length,
    features.regions,
    features.channels,
  ];
  const values = features.batch(imageIndices);
  if (values.length !== shape[0] * shape[1] * shape[2]) {
    throw new ShapeError('features', shape, [values.length], 'Extract the features again.');
  }
  return tensor3d(values, shape);
}

/** The features of all batches in one array. */
export function joinFeatures(batches: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(batches.reduce((size, batch) => size + batch.length, 0));
  let offset = 0;
  for (const batch of batches) {
    all.set(batch, offset);
    offset += batch.length;
  }
  return all;
}
