/** A registered encoder: a layer plan and its weights, both files of the store. */
import type { FeaturesWork } from '@capgrid/contracts';
import { createPlanEncoder } from '@capgrid/models';
import type { Engine } from '@capgrid/tensor';
import { EncoderInputError } from './encoder-input-error.js';
import type { ImageEncoder } from './image-encoder.js';
import { readBytes } from './read-bytes.js';
import type { TaskContext } from './run-task.js';

export async function loadPlan(
  name: string,
  files: FeaturesWork['plan'],
  engine: Engine,
  { store }: TaskContext,
): Promise<ImageEncoder> {
  if (files === null) {
    throw new EncoderInputError(
      `The encoder "${name}" came without its files. Register it again: capgrid encoder add.`,
    );
  }
  const plan = parsePlan(name, (await store.read(files.planSha256)).toString('utf8'));
  const encoder = createPlanEncoder(engine, plan, await readBytes(store, files.weightsSha256));
  const [height, width] = encoder.inputSize;
  if (height !== width) {
    throw new EncoderInputError(
      `The encoder "${name}" reads images of ${width}x${height} pixels. Use a plan for squares.`,
    );
  }
  return {
    imageSize: width,
    regions: encoder.regions,
    channels: encoder.channels,
    sha256: files.weightsSha256,
    encode: (pixels) => encoder.encode(pixels),
  };
}

function parsePlan(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EncoderInputError(
      `The plan of the encoder "${name}" is not JSON. Register it again.`,
      {
        cause,
      },
    );
  }
}
