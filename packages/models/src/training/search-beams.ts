/** Captions that a model in training writes by beam search, with a beam of 1 by greedy search. */
import type { Captioner } from '../captioner/captioner.js';
import type { SampledCaption } from '../decoding/sample-captions.js';
import { searchCaptions } from '../decoding/search-captions.js';
import { imageTensors, type FeatureSource } from '../features.js';
import { keeping, release } from '../tensor-scope.js';

/** A caption that the model wrote for an image, by search or by chance. */
export interface WrittenCaption extends SampledCaption {
  readonly imageIndex: number;
}

export interface Writer {
  readonly model: Captioner;
  readonly features: FeatureSource;
  /** Longest caption, in words. */
  readonly maxWords: number;
}

/** By image, the `beam` hypotheses that the search ends with, ended or cut, best first. */
export async function searchBeams(
  { model, features, maxWords }: Writer,
  imageIndices: readonly number[],
  beam: number,
): Promise<WrittenCaption[][]> {
  const images = keeping(() => imageTensors(features, imageIndices));
  const decoder = keeping(() => model.decoder());
  try {
    const settings = { ...SEARCH, maxWords, beam, nBest: beam };
    return ofImages(imageIndices, await searchCaptions(decoder, images, settings));
  } finally {
    release([images, decoder]);
  }
}

/** `captions`: by image, in the order of `imageIndices`. */
export function ofImages(
  imageIndices: readonly number[],
  captions: readonly (readonly SampledCaption[])[],
): WrittenCaption[][] {
  return captions.map((ofImage, i) =>
    ofImage.map(({ tokens, isFinished }) => ({
      imageIndex: imageIndices[i] ?? 0,
      tokens,
      isFinished,
    })),
  );
}

/** Plain beam search by the sum of log-probabilities. */
const SEARCH = {
  norm: 'sum',
  lengthPenalty: { alpha: 1, beta: 0 },
  divisor: 'words',
  stop: 'all',
  prune: 0,
  blockUnknown: false,
  noRepeatNgram: 0,
} as const;
