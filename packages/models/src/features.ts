/** Where training and decoding get the regions of images from. */
import { tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { ImageTensors } from './captioner/captioner.js';
import { ShapeError } from './errors.js';

export interface FeatureSource {
  /** Regions of one image, without a global one; of the largest image where they differ. */
  readonly regions: number;
  /** Numbers of one region. */
  readonly channels: number;
  /** [images, regions, channels], row-major, in the order asked; zeros where an image has fewer. */
  readonly batch: (imageIndices: readonly number[]) => Float32Array;
  /** Regions that each image has; absent where all have `regions`. */
  readonly counts?: (imageIndices: readonly number[]) => readonly number[];
}

/** Uploads the regions of images; the caller disposes the tensors. */
export function imageTensors(source: FeatureSource, imageIndices: readonly number[]): ImageTensors {
  const { regions, channels } = source;
  const shape: [number, number, number] = [imageIndices.length, regions, channels];
  const values = source.batch(imageIndices);
  if (values.length !== shape[0] * shape[1] * shape[2]) {
    throw new ShapeError('features', shape, [values.length], 'Extract the features again.');
  }
  const features = tensor3d(values, shape);
  const counts = source.counts?.(imageIndices);
  if (counts === undefined) return { features, mask: null };
  const isRegion = counts.flatMap((count) => Array.from({ length: regions }, (_, k) => k < count));
  return { features, mask: tensor2d(isRegion, [counts.length, regions], 'bool') };
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
