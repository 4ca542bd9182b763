/** A tiny captioning task for tests: the caption names what the regions hold. */
import type { TrainingSpec } from '@capgrid/contracts';
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
  readonly model?: Partial<TrainingSpec['model']>;
  readonly optimizer?: Partial<TrainingSpec['optimizer']>;
  readonly schedule?: Partial<TrainingSpec['schedule']>;
  readonly seed?: number;
};

/** A small, complete training spec. */
export function tinySpec(changes: SpecChanges = {}): TrainingSpec {
  return {
    dataset: 'tiny',
    encoder: { kind: 'scenes-cnn', channels: 8, epochs: 1, seed: 1 },
    data: { limit: null, minCount: 1, maxWords: 60 },
    model: {
      decoder: 'arnn',
      hidden: 8,
      embed: 8,
      attention: { kind: 'mlp', heads: 2, isScaled: false },
      global: 'code',
      concatGlobal: true,
      weightNorm: false,
      dropout: 0,
      ...changes.model,
    },
    optimizer: {
      kind: 'adam',
      learningRate: 0.01,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      clip: { kind: 'element', value: 1 },
      ...changes.optimizer,
    },
    schedule: {
      batchSize: 4,
      maxEpochs: 2,
      maxSteps: null,
      checkpointEvery: 100,
      plateau: { factor: 0.9, patience: 3 },
      stopAfter: 8,
      labelSmoothing: 0,
      ...changes.schedule,
    },
    seed: changes.seed ?? 1,
  };
}
