/** The encoder of the synthetic scenes, trained on the spot on what was drawn. */
import type { DatasetImage, EncoderSpec } from '@capgrid/contracts';
import { decodeImages } from '@capgrid/data';
import { encodeScenes, encodeWeights, engineRecord, trainScenesEncoder } from '@capgrid/models';
import { EncoderInputError } from './encoder-input-error.js';
import type { ImageEncoder } from './image-encoder.js';
import { reportPhase } from './progress-reports.js';
import type { TaskContext } from './run-task.js';
import { startTaskEngine } from './start-task-engine.js';

export async function trainScenes(
  spec: Extract<EncoderSpec, { kind: 'scenes-cnn' }>,
  images: readonly DatasetImage[],
  context: TaskContext,
): Promise<ImageEncoder> {
  const { store, tell, stop } = context;
  const scenes = images.filter((image) => image.split === 'train').map(requireObjects);
  const imageSize = sizeOf(images);
  const imageBytes = imageSize * imageSize * 3;
  // A few megabytes for the demo, and every pass needs all of them.
  const pixels = await decodeImages(
    store,
    scenes.map(({ image }) => image),
    imageSize,
  );
  const engine = await startTaskEngine(context);
  const reports = reportPhase('encoder', tell);
  const { weights } = await trainScenesEncoder({
    engine,
    images: (indices) => gather(pixels, indices, imageBytes),
    labels: scenes.map(({ objects }) => objects),
    imageSize,
    channels: spec.channels,
    epochs: spec.epochs,
    seed: spec.seed,
    signal: stop,
    onProgress: ({ done, total, loss }) => reports.report(done, total, loss),
  });
  const description = { encoder: spec, imageSize };
  const first = await encodeScenes(engine, weights, pixels.subarray(0, imageBytes), imageSize);
  return {
    regions: first.length / spec.channels,
    channels: spec.channels,
    counts: null,
    sha256: await store.put(encodeWeights({ arrays: weights, description })),
    engine: engineRecord(engine),
    encode: async (batch) =>
      encodeScenes(engine, weights, await decodeImages(store, batch, imageSize), imageSize),
  };
}

function requireObjects(image: DatasetImage) {
  if (image.objects !== null) return { image, objects: image.objects };
  throw new EncoderInputError(
    `The encoder "scenes-cnn" learns from the objects of drawn scenes, and image ${image.id} ` +
      `(${image.fileName}) has none. Use an encoder of kind "plan" for photographs.`,
  );
}

/** Scenes are squares of one size. */
function sizeOf(images: readonly DatasetImage[]): number {
  const [first] = images;
  const size = first?.width ?? 0;
  const other = images.find(({ width, height }) => width !== size || height !== size);
  if (other === undefined) return size;
  throw new EncoderInputError(
    `The encoder "scenes-cnn" needs squares of ${size} pixels, and image ${other.id} is ` +
      `${other.width}x${other.height}. Use an encoder of kind "plan" for other images.`,
  );
}

function gather(pixels: Uint8Array, indices: readonly number[], imageBytes: number): Uint8Array {
  const batch = new Uint8Array(indices.length * imageBytes);
  for (const [position, index] of indices.entries()) {
    const from = index * imageBytes;
    batch.set(pixels.subarray(from, from + imageBytes), position * imageBytes);
  }
  return batch;
}
