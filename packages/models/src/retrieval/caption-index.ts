/**
 * What a retrieval keeps of its training images: their mean regions and their captions. As arrays of a
 * weights file:
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
import { tidy } from '@tensorflow/tfjs-core';
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

export interface BuildCaptionIndexOptions {
  readonly engine: Engine;
  readonly captions: readonly TrainingCaption[];
  /** Words, special ids included. */
  readonly vocabularySize: number;
  readonly features: FeatureSource;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Images on the engine at once. */
const IMAGES_AT_ONCE = 128;
const EXACT = 2 ** 24;

/** The arrays of the weights file. */
export async function buildCaptionIndex(options: BuildCaptionIndexOptions): Promise<NamedArray[]> {
  const { engine, features, vocabularySize } = options;
  assertEngine(engine);
  assertCaptions('train', options.captions, vocabularySize);
  const captions = [...options.captions].sort((a, b) => a.imageIndex - b.imageIndex);
  const images = [...new Set(captions.map(({ imageIndex }) => imageIndex))];
  if (Math.max(images.length, vocabularySize) > EXACT) {
    throw new ModelInputError(
      `${images.length} images and ${vocabularySize} words; an index holds at most ${EXACT} of each.`,
    );
  }
  const rows = new Map(images.map((image, row) => [image, row]));
  const means = await meanRegions(features, images, options);
  return [
    { name: 'retrieval.features', shape: [images.length, features.channels], values: means },
    list(
      'retrieval.captionImages',
      captions.map(({ imageIndex }) => rows.get(imageIndex) ?? 0),
    ),
    list(
      'retrieval.captionWords',
      captions.map(({ tokens }) => tokens.length),
    ),
    list(
      'retrieval.words',
      captions.flatMap(({ tokens }) => Array.from(tokens)),
    ),
  ];
}

/** Mean regions of images, [images, channels]. */
export async function meanRegions(
  source: FeatureSource,
  images: readonly number[],
  { onProgress, signal }: Pick<BuildCaptionIndexOptions, 'onProgress' | 'signal'> = {},
): Promise<Float32Array> {
  const batches: Float32Array[] = [];
  for (let start = 0; start < images.length; start += IMAGES_AT_ONCE) {
    if (signal?.aborted === true) throw new CancelledError('The training');
    const chunk = images.slice(start, start + IMAGES_AT_ONCE);
    const mean = tidy(() => {
      const { features, mask } = imageTensors(source, chunk);
      return meanRegion(features, mask);
    });
    batches.push(Float32Array.from(await mean.data<'float32'>()));
    mean.dispose();
    onProgress?.({ done: start + chunk.length, total: images.length });
    await breathe();
  }
  return joinFeatures(batches);
}

/** @throws CheckpointError where the arrays are not those of `buildCaptionIndex` */
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
