/** A tiny captioning task for tests: the caption names what the regions hold. */
import { TrainingSpec } from '@capgrid/contracts';
import type { CaptionerSizes } from '../captioner/captioner.js';
import type { FeatureSource } from '../features.js';
import { Rng } from '../rng.js';
import { SPECIAL_COUNT } from '../special-ids.js';
import type { TrainingCaption } from '../training/caption-batches.js';

export interface TinyTask {
  readonly captions: TrainingCaption[];
  readonly features: FeatureSource;
  readonly vocabularySize: number;
}

/** `images` images of `regions` regions; each region's largest channel is a word of the caption. */
export function tinyTask(images: number, regions = 3, channels = 4, seed = 5): TinyTask {
  const rng = Rng.from(seed);
  const perImage = regions * channels;
  const values = new Float32Array(images * perImage);
  const captions: TrainingCaption[] = [];
  for (let image = 0; image < images; image += 1) {
    const tokens: number[] = [];
    for (let region = 0; region < regions; region += 1) {
      const word = rng.integer(channels);
      for (let c = 0; c < channels; c += 1) {
        values[image * perImage + region * channels + c] = 0.1 * rng.uniform();
      }
      values[image * perImage + region * channels + word] = 1;
      // Captions of different lengths: the first word only sometimes.
      if (region > 0 || image % 2 === 0) tokens.push(SPECIAL_COUNT + word);
    }
    captions.push({ imageIndex: image, tokens });
  }
  const features: FeatureSource = {
    regions,
    channels,
    batch: (indices) => {
      const out = new Float32Array(indices.length * perImage);
      for (const [row, image] of indices.entries()) {
        out.set(values.subarray(image * perImage, (image + 1) * perImage), row * perImage);
      }
      return out;
    },
  };
  return { captions, features, vocabularySize: SPECIAL_COUNT + channels };
}

export type SpecChanges = {
  /** Of any family; `decoder` chooses it. */
  readonly model?: Readonly<Record<string, unknown>>;
  readonly optimizer?: Partial<TrainingSpec['optimizer']>;
  readonly schedule?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
};

/** A small, complete training spec. */
export function tinySpec(changes: SpecChanges = {}): TrainingSpec {
  const spec = TrainingSpec.parse({
    dataset: 'tiny',
    encoder: { kind: 'scenes-cnn', channels: 8, epochs: 1 },
    data: { maxWords: 10 },
    model: { hidden: 8, embed: 8, attention: { kind: 'mlp', heads: 2 }, ...changes.model },
    optimizer: { learningRate: 0.01 },
    schedule: { batchSize: 4, maxEpochs: 2, checkpointEvery: 100, ...changes.schedule },
    seed: changes.seed ?? 1,
  });
  // Not checked: a test of what goes wrong needs a learning rate that no sweep may have.
  return { ...spec, optimizer: { ...spec.optimizer, ...changes.optimizer } };
}

/** What the weights of a model for this task depend on. */
export function sizesOf({ features, vocabularySize }: TinyTask): CaptionerSizes {
  const { channels, regions } = features;
  return { vocabulary: vocabularySize, channels, regions, maxWords: 10 };
}
