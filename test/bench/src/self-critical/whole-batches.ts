/** Captions for batches of images, none of which is short. */
import type { TrainingCaption } from '@capgrid/models';

/**
 * Those of the first images, as many as fill whole batches: a short one would take less time, and
 * captions per second tell the time of an update only by the number of its captions.
 */
export function inWholeBatches(
  captions: readonly TrainingCaption[],
  images: number,
  batchImages: number,
): TrainingCaption[] {
  const whole = images - (images % batchImages);
  return captions.filter(({ imageIndex }) => imageIndex < whole);
}
