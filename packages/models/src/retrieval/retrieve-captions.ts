/** Captions of images from those of the training images that look alike (Devlin et al. 2015). */
import type { RetrievalSpec } from '@capgrid/contracts';
import { createCiderDReward } from '@capgrid/metrics';
import { breathe } from '../breathe.js';
import { elementOf } from '../element-of.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError, ShapeError } from '../errors.js';
import type { FeatureSource } from '../features.js';
import type { NamedArray } from '../parameters.js';
import { meanRegions, readCaptionIndex, type CaptionIndex } from './caption-index.js';
import { consensusOf } from './consensus.js';
import { NeighbourSearch } from './neighbours.js';

export interface RetrieveCaptionsOptions {
  readonly engine: Engine;
  /** As `encodeCaptionIndex` made them. */
  readonly weights: readonly NamedArray[];
  readonly spec: RetrievalSpec;
  /** Words, special ids included. */
  readonly vocabularySize: number;
  readonly features: FeatureSource;
  readonly imageIndices: readonly number[];
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

export interface RetrievedCaption {
  readonly imageIndex: number;
  /** Word ids of a training caption. */
  readonly tokens: number[];
  /**
   * What it was chosen by. `nearest`: similarity of the images. `consensus`: mean CIDEr-D similarity
   * to the other candidates, 0..10.
   */
  readonly similarity: number;
}

/** Images whose similarities to all training images are on the engine at once. */
const IMAGES_AT_ONCE = 64;

/** One caption per image, in the order asked. */
export async function retrieveCaptions(
  options: RetrieveCaptionsOptions,
): Promise<RetrievedCaption[]> {
  const { engine, spec, features, imageIndices } = options;
  assertEngine(engine);
  const index = readCaptionIndex(options.weights);
  if (index.channels !== features.channels) {
    throw new ShapeError(
      'features',
      [features.regions, index.channels],
      [features.regions, features.channels],
      'Use the features of the encoder that the training images were read with.',
    );
  }
  const pick = pickerOf(index, options);
  const search = new NeighbourSearch(index, spec.similarity);
  const captions: RetrievedCaption[] = [];
  try {
    for (let start = 0; start < imageIndices.length; start += IMAGES_AT_ONCE) {
      const chunk = imageIndices.slice(start, start + IMAGES_AT_ONCE);
      const { rows, similarities } = await search.find(
        await meanRegions(features, chunk),
        spec.pick === 'nearest' ? 1 : spec.neighbours,
      );
      for (const [i, imageIndex] of chunk.entries()) {
        if (options.signal?.aborted === true) throw new CancelledError('Decoding');
        captions.push({
          imageIndex,
          ...pick(elementOf(rows, i), elementOf(elementOf(similarities, i), 0)),
        });
      }
      options.onProgress?.({ done: captions.length, total: imageIndices.length });
      await breathe();
    }
    return captions;
  } finally {
    search.dispose();
  }
}

/** `rows`: of the index, the most similar first; `nearest`: similarity of the first. */
type Picker = (rows: readonly number[], nearest: number) => Omit<RetrievedCaption, 'imageIndex'>;

function pickerOf(
  { captions }: CaptionIndex,
  { spec, vocabularySize }: Pick<RetrieveCaptionsOptions, 'spec' | 'vocabularySize'>,
): Picker {
  const candidatesOf = (rows: readonly number[]): Int32Array[] =>
    rows.flatMap((row) => elementOf(captions, row));
  if (spec.pick === 'nearest') {
    return (rows, similarity) => ({
      tokens: Array.from(elementOf(candidatesOf(rows), 0)),
      similarity,
    });
  }
  const ciderD = createCiderDReward(captions, { vocabularySize });
  return (rows) => {
    const candidates = candidatesOf(rows);
    const { index, score } = consensusOf(candidates, spec.agreeing, ciderD);
    return { tokens: Array.from(elementOf(candidates, index)), similarity: score };
  };
}
