/**
 * The training images that have captions: their mean regions and their captions. A retrieval keeps them as
 * arrays of a weights file:
 *
 * - `retrieval.features` [images, channels]: the mean region of each image that has a caption, as the
 *   encoder gave it, not normalised;
 * - `retrieval.captionImages` [captions]: the row in `retrieval.features` of each caption's image,
 *   ascending; the captions of an image in the order of the dataset;
 * - `retrieval.captionWords` [captions]: how many words each caption has;
 * - `retrieval.words` [words]: the word ids of all captions, one caption after the other.
 *
 * Indices and ids are whole numbers in float32, exact below 2^24.
 */
import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { breathe } from '../breathe.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError, CheckpointError, ModelInputError } from '../errors.js';
import { imageTensors, joinFeatures, type FeatureSource } from '../features.js';
import { meanRegion } from '../image/regions.js';
import { listSome } from '../list-some.js';
import type { NamedArray } from '../parameters.js';
import { assertCaptions, type TrainingCaption } from '../training/caption-batches.js';

export interface CaptionIndex {
  readonly images: number;
  readonly channels: number;
  /** [images, channels] */
  readonly features: Float32Array;
  /** Captions of each image, as word ids; at least one. */
  readonly captions: readonly (readonly Int32Array[])[];
}

export interface CaptionIndexOptions extends MeanRegionsOptions {
  readonly engine: Engine;
  /** Their images are rows of `features`. */
  readonly captions: readonly TrainingCaption[];
  /** Words, special ids included. */
  readonly vocabularySize: number;
  readonly features: FeatureSource;
}

export interface MeanRegionsOptions {
  /** Layers of the image encoder behind the features: [images, regions, channels] to the same of others. */
  readonly encode?: (features: Tensor) => Tensor;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Images on the engine at once. */
const IMAGES_AT_ONCE = 128;
const EXACT = 2 ** 24;

/** @throws ModelInputError where there is no caption, or one of other words */
export async function buildCaptionIndex(options: CaptionIndexOptions): Promise<CaptionIndex> {
  const { engine, features, vocabularySize } = options;
  assertEngine(engine);
  assertCaptions('train', options.captions, vocabularySize);
  const byImage = new Map<number, Int32Array[]>();
  for (const { imageIndex, tokens } of options.captions) {
    const ofImage = byImage.get(imageIndex) ?? [];
    byImage.set(imageIndex, [...ofImage, Int32Array.from(tokens)]);
  }
  const images = [...byImage.keys()].sort((a, b) => a - b);
  if (Math.max(images.length, vocabularySize) > EXACT) {
    throw new ModelInputError(
      `${images.length} images and ${vocabularySize} words; an index holds at most ${EXACT} of each.`,
    );
  }
  const means = await meanRegions(features, images, options);
  return {
    images: images.length,
    channels: means.length / images.length,
    features: means,
    captions: images.map((image) => byImage.get(image) ?? []),
  };
}

/** The arrays of the weights file. */
export function encodeCaptionIndex(index: CaptionIndex): NamedArray[] {
  const { images, channels, features, captions } = index;
  return [
    { name: 'retrieval.features', shape: [images, channels], values: features },
    list(
      'retrieval.captionImages',
      captions.flatMap((ofImage, row) => ofImage.map(() => row)),
    ),
    list(
      'retrieval.captionWords',
      captions.flatMap((ofImage) => ofImage.map(({ length }) => length)),
    ),
    list(
      'retrieval.words',
      captions.flatMap((ofImage) => ofImage.flatMap((words) => Array.from(words))),
    ),
  ];
}

/** Mean regions of images, [images, channels]. */
export async function meanRegions(
  source: FeatureSource,
  images: readonly number[],
  { encode = (features) => features, onProgress, signal }: MeanRegionsOptions = {},
): Promise<Float32Array> {
  const batches: Float32Array[] = [];
  for (let start = 0; start < images.length; start += IMAGES_AT_ONCE) {
    if (signal?.aborted === true) throw new CancelledError('Reading the images');
    const chunk = images.slice(start, start + IMAGES_AT_ONCE);
    const mean = tidy(() => {
      const { features, mask } = imageTensors(source, chunk);
      return meanRegion(encode(features), mask);
    });
    batches.push(Float32Array.from(await mean.data<'float32'>()));
    mean.dispose();
    onProgress?.({ done: start + chunk.length, total: images.length });
    await breathe();
  }
  return joinFeatures(batches);
}

/** @throws CheckpointError where the arrays are not those of `encodeCaptionIndex` */
export function readCaptionIndex(arrays: readonly NamedArray[]): CaptionIndex {
  const features = arrayOf(arrays, 'retrieval.features');
  const owners = arrayOf(arrays, 'retrieval.captionImages').values;
  const lengths = arrayOf(arrays, 'retrieval.captionWords').values;
  const words = arrayOf(arrays, 'retrieval.words').values;
  const [images = 0, channels = 0] = features.shape;
  const captions: Int32Array[][] = Array.from({ length: images }, () => []);
  let end = 0;
  for (const [caption, owner] of owners.entries()) {
    const start = end;
    end += lengths[caption] ?? Number.NaN;
    captions[owner]?.push(Int32Array.from(words.subarray(start, end)));
  }
  if (end !== words.length || captions.some(({ length }) => length === 0)) {
    throw new CheckpointError(
      `The captions of ${images} training images do not fit together: ${owners.length} captions, ${words.length} words.`,
      'Train again.',
    );
  }
  return { images, channels, features: features.values, captions };
}

function arrayOf(arrays: readonly NamedArray[], name: string): NamedArray {
  const array = arrays.find((one) => one.name === name);
  if (array !== undefined) return array;
  throw new CheckpointError(
    `The weights have no array "${name}" (they have ${listSome(arrays.map((one) => one.name))}).`,
    'They were made by another decoder than retrieval; train again.',
  );
}

function list(name: string, numbers: readonly number[]): NamedArray {
  return { name, shape: [numbers.length], values: Float32Array.from(numbers) };
}
