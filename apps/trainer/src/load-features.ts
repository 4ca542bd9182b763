/** The features of the images of one task, in the order of the images. */
import type { DatasetImage, Sha256 } from '@capgrid/contracts';
import { openFeatures, type FileStore } from '@capgrid/data';
import { uploadRoom, type FeatureSource } from '@capgrid/models';

/**
 * Row n of the source belongs to `images[n]`. A large file is read row by row and stays open until
 * the process ends, which computes one task only.
 */
export async function loadFeatures(
  store: FileStore,
  featuresSha256: Sha256,
  images: readonly DatasetImage[],
): Promise<FeatureSource> {
  const reader = await store.readBy(featuresSha256, (path) => openFeatures(path));
  const { counts } = reader;
  const rows = images.map((image) => reader.indexOf(image.id));
  const roomFor = uploadRoom();
  return {
    regions: reader.regions,
    channels: reader.channels,
    batch: (indices) => {
      // Past the end gives row -1, which the reader refuses by name.
      const asked = indices.map((index) => rows[index] ?? -1);
      return reader.batch(asked, roomFor(asked.length * reader.regions * reader.channels));
    },
    ...(counts !== null && {
      counts: (indices) => indices.map((index) => counts[rows[index] ?? -1] ?? 0),
    }),
  };
}
