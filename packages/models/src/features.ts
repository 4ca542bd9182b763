/** Where training and decoding get the regions of images from. */
import { tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { ImageTensors } from './captioner/captioner.js';
import { ModelInputError, ShapeError } from './errors.js';

export interface FeatureSource {
  /** Regions of one image, without a global one; of the largest image where they differ. */
  readonly regions: number;
  /** Numbers of one region. */
  readonly channels: number;
  /**
   * [images, regions, channels], row-major, in the order asked; zeros where an image has fewer. Valid
   * until the next call.
   */
  readonly batch: (imageIndices: readonly number[]) => Float32Array;
  /** Regions that each image has, one at least; absent where all have `regions`. */
  readonly counts?: (imageIndices: readonly number[]) => readonly number[];
}

/**
 * Uploads the regions of images; the caller disposes the tensors.
 * @throws ModelInputError where an image has no region: nothing could be said of it.
 */
export function imageTensors(source: FeatureSource, imageIndices: readonly number[]): ImageTensors {
  const { regions, channels } = source;
  const shape: [number, number, number] = [imageIndices.length, regions, channels];
  const values = source.batch(imageIndices);
  if (values.length !== shape[0] * shape[1] * shape[2]) {
    throw new ShapeError('features', shape, [values.length], 'Give each region its channels.');
  }
  const counts = source.counts?.(imageIndices);
  const empty = counts?.indexOf(0) ?? -1;
  if (empty >= 0) {
    throw new ModelInputError(
      `Image ${imageIndices[empty]} (counted from 0) has no region. Give each image one region or more, or leave it out of the dataset.`,
    );
  }
  const features = tensor3d(values, shape);
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
