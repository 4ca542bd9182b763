/** Gets an encoder ready: trains the one of the synthetic scenes, or loads a registered plan. */
import type { DatasetImage, FeaturesWork, Sha256 } from '@capgrid/contracts';
import type { Engine } from '@capgrid/tensor';
import { loadPlan } from './plan-encoder.js';
import type { TaskContext } from './run-task.js';
import { trainScenes } from './scenes-encoder.js';

export interface ImageEncoder {
  /** Pixels per side. */
  imageSize: number;
  regions: number;
  channels: number;
  /** The weights' file. */
  sha256: Sha256;
  /** [n, imageSize, imageSize, 3] RGB bytes to [n, regions, channels]. */
  encode(pixels: Uint8Array): Promise<Float32Array>;
}

export async function prepareEncoder(
  work: FeaturesWork,
  images: readonly DatasetImage[],
  engine: Engine,
  context: TaskContext,
): Promise<ImageEncoder> {
  const { encoder } = work;
  switch (encoder.kind) {
    case 'scenes-cnn':
      return trainScenes(encoder, images, engine, context);
    case 'plan':
      return loadPlan(encoder, work.plan, engine, context);
  }
}
