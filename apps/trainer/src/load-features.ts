/** The features of the images of one task, in memory, in the order of the images. */
import type { DatasetImage, Sha256 } from '@capgrid/contracts';
import { openFeatures, type FileStore } from '@capgrid/data';
import type { FeatureSource } from '@capgrid/models';

/** Row n of the source belongs to `images[n]`. */
export async function loadFeatures(
  store: FileStore,
  featuresSha256: Sha256,
  images: readonly DatasetImage[],
): Promise<FeatureSource> {
  const reader = await openFeatures(store.pathOf(featuresSha256));
  try {
    const { regions, channels } = reader;
    const width = regions * channels;
    const rows = await reader.batch(images.map((image) => reader.indexOf(image.id)));
    return {
      regions,
      channels,
      batch: (indices) => {
        const result = new Float32Array(indices.length * width);
        for (const [position, index] of indices.entries()) {
          result.set(rows.subarray(index * width, (index + 1) * width), position * width);
        }
        return result;
      },
    };
  } finally {
    await reader.close();
  }
}
