/** Writes the feature file of one dataset with one encoder. */
import type { FeaturesResult, FeaturesWork } from '@capgrid/contracts';
import { hashJson } from '@capgrid/contracts';
import { readManifest, selectImages, writeFeatures } from '@capgrid/data';
import { prepareEncoder } from './image-encoder.js';
import { reportPhase } from './progress-reports.js';
import type { TaskContext } from './run-task.js';
import { StoppedError } from './stopped-error.js';

/** Images whose pixels and features are in memory at once. */
const IMAGES_AT_ONCE = 16;

export async function extractFeatures(
  work: FeaturesWork,
  context: TaskContext,
): Promise<FeaturesResult> {
  const { store, tell, stop } = context;
  const images = selectImages(await readManifest(store, work.datasetDigest), work.limit);
  const encoder = await prepareEncoder(work, images, context);

  const meta = {
    imageIds: images.map((image) => image.id),
    regions: encoder.regions,
    channels: encoder.channels,
    counts: encoder.counts === null ? null : [...encoder.counts],
  };
  const key = hashJson({ work, encoder: encoder.sha256, engine: context.engine });
  const writer = await writeFeatures(store, key, meta);
  const reports = reportPhase('features', tell);
  reports.report(writer.rowsWritten, images.length);
  try {
    while (writer.rowsWritten < images.length) {
      const batch = images.slice(writer.rowsWritten, writer.rowsWritten + IMAGES_AT_ONCE);
      await writer.append(await encoder.encode(batch));
      reports.report(writer.rowsWritten, images.length);
      if (stop.aborted) throw new StoppedError();
    }
  } catch (error) {
    await writer.close();
    throw error;
  }
  const featuresSha256 = await writer.finish();
  return {
    kind: 'features',
    featuresSha256,
    encoderSha256: work.encoder.kind === 'scenes-cnn' ? encoder.sha256 : null,
    regions: encoder.regions,
    channels: encoder.channels,
    images: images.length,
    engine: encoder.engine,
  };
}
