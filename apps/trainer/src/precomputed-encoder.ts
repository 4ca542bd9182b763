/** Features that another program computed, in the order of the images of a task. */
import type { DatasetImage, EncoderSpec, Sha256 } from '@capgrid/contracts';
import { findArrays, openPrecomputed, readRegions } from '@capgrid/data';
import { EncoderInputError } from './encoder-input-error.js';
import type { ImageEncoder } from './image-encoder.js';
import { pairUp } from './pair-up.js';
import type { TaskContext } from './run-task.js';

export async function loadPrecomputed(
  { name }: Extract<EncoderSpec, { kind: 'features' }>,
  sha256: Sha256 | null,
  images: readonly DatasetImage[],
  { store }: Pick<TaskContext, 'store'>,
): Promise<ImageEncoder> {
  if (sha256 === null) {
    throw new EncoderInputError(
      `The features "${name}" came without their file. Register them again: capgrid encoder add.`,
    );
  }
  const file = await store.readBy(sha256, (path) =>
    openPrecomputed(path, `The file of the features "${name}"`),
  );
  const arrays = findArrays(file, images);
  const arrayOf = new Map(pairUp(images, arrays).map(([image, array]) => [image.id, array]));
  const counts = arrays.map((array) => array.regions);
  const regions = counts.reduce((most, count) => Math.max(most, count), 1);
  return {
    regions,
    channels: file.channels,
    counts: counts.every((count) => count === regions) ? null : counts,
    sha256,
    engine: null,
    encode: (batch) => {
      const wanted = batch.flatMap(({ id }) => arrayOf.get(id) ?? []);
      return store.readBy(sha256, () => readRegions(file, wanted, regions));
    },
  };
}
