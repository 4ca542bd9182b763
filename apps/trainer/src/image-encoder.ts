/** Where features come from: an encoder trained on the spot, a registered plan, or another program. */
import type { DatasetImage, EngineRecord, FeaturesWork, Sha256 } from '@capgrid/contracts';
import { loadPlan } from './plan-encoder.js';
import { loadPrecomputed } from './precomputed-encoder.js';
import type { TaskContext } from './run-task.js';
import { trainScenes } from './scenes-encoder.js';

export interface ImageEncoder {
  /** Of the largest image where they differ. */
  regions: number;
  channels: number;
  /** Regions of each image; null where all have `regions`. */
  counts: readonly number[] | null;
  /** The file of the weights, or of the features of another program. */
  sha256: Sha256;
  /** What computes; null where nothing is left to compute. */
  engine: EngineRecord | null;
  /** [images, regions, channels], zeros behind the regions of an image that has fewer. */
  encode(images: readonly DatasetImage[]): Promise<Float32Array>;
}

/** @param images all images of the task */
export async function prepareEncoder(
  work: FeaturesWork,
  images: readonly DatasetImage[],
  context: TaskContext,
): Promise<ImageEncoder> {
  const { encoder } = work;
  switch (encoder.kind) {
    case 'scenes-cnn':
      return trainScenes(encoder, images, context);
    case 'plan':
      return loadPlan(encoder, work.plan, context);
    case 'features':
      return loadPrecomputed(encoder, work.precomputedSha256, images, context);
  }
}
