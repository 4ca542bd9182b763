/** Captions for images from trained weights, of one model or of several together. */
import type { DecodeSpec, ModelSpec } from '@capgrid/contracts';
import { breathe } from '../breathe.js';
import type { Decoder, ImageTensors } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { vectorsIn } from '../captioner/word-vectors.js';
import { chunks } from '../chunks.js';
import type { TrainedLayers } from '../encoder/trained-layers.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError, ModelInputError } from '../errors.js';
import { imageTensors, type FeatureSource } from '../features.js';
import { assertMatches, disposeAll, toVariables, type NamedArray } from '../parameters.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { keeping, release } from '../tensor-scope.js';
import type { BeamResult } from './hypotheses.js';
import { drawCaptions } from './draw-captions.js';
import { ensembleOf } from './ensemble.js';
import { imagesAtOnce } from './images-at-once.js';
import { searchCaptions } from './search-captions.js';

export interface DecodedCaption extends BeamResult {
  readonly imageIndex: number;
  /** What `nBest` keeps behind the first: the next best, or the other draws. */
  readonly alternatives: readonly Alternative[];
}

type Alternative = Omit<BeamResult, 'attention'>;

/** Attention weights that are kept at most, of the first images: 50 MB, whatever the split. */
const MOST_WEIGHTS = 12 * 2 ** 20;

export interface DecodedModel {
  readonly weights: readonly NamedArray[];
  readonly spec: ModelSpec;
  /** Longest caption of the training, in words: `data.maxWords` of its spec. */
  readonly trainedWords: number;
  /** Layers of the image encoder that were trained with it; the features are those before them. */
  readonly encoder?: TrainedLayers | null;
}

export interface DecodeCaptionsOptions {
  readonly engine: Engine;
  /** Of the same vocabulary; several decode together, as `decode.combine` says. */
  readonly models: readonly DecodedModel[];
  readonly vocabularySize: number;
  readonly decode: DecodeSpec;
  readonly features: FeatureSource;
  readonly imageIndices: readonly number[];
  /** Attention weights to keep at most, with `decode.attention`. */
  readonly mostWeights?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** One caption per image, in the order asked. */
export async function decodeCaptions(options: DecodeCaptionsOptions): Promise<DecodedCaption[]> {
  const { engine, models, features, imageIndices, decode } = options;
  assertEngine(engine);
  if (models.length === 0) throw new ModelInputError('There is no model to decode with.');
  for (const model of models) assertFits(model, options);
  const variables = models.map(({ weights }) => toVariables(weights));
  const decoders = keeping(() =>
    models.flatMap(({ spec, encoder }, i) => {
      const weights = variables[i];
      return weights === undefined ? [] : [createCaptioner(spec, weights, encoder).decoder()];
    }),
  );
  const decoder = ensembleOf(decoders, decode.combine);
  const captions: DecodedCaption[] = [];
  let room = decode.attention ? (options.mostWeights ?? MOST_WEIGHTS) : 0;
  try {
    const rowsPerImage = { beam: decode.beam, greedy: 1, sample: decode.nBest }[decode.method];
    for (const chunk of chunks(imageIndices, imagesAtOnce(rowsPerImage))) {
      const images = keeping(() => imageTensors(features, chunk));
      try {
        const results = await decodeChunk(decoder, images, chunk, options, room > 0);
        for (const [i, [best, ...others]] of results.entries()) {
          const imageIndex = chunk[i];
          if (imageIndex === undefined || best === undefined) continue;
          const weights = (best.attention ?? []).reduce((sum, { length }) => sum + length, 0);
          const attention = weights <= room ? best.attention : null;
          // Once one does not fit, none is kept, so that they are those of the first images.
          room = weights <= room ? room - weights : 0;
          const alternatives = others.map(withoutAttention);
          captions.push({ imageIndex, ...best, attention, alternatives });
        }
      } finally {
        release(images);
      }
      options.onProgress?.({ done: captions.length, total: imageIndices.length });
      await breathe();
      if (options.signal?.aborted === true) throw new CancelledError('Decoding');
    }
    return captions;
  } finally {
    release(decoders);
    for (const ofModel of variables) disposeAll(ofModel);
  }
}

function withoutAttention({ tokens, logProb, score, isFinished }: BeamResult): Alternative {
  return { tokens, logProb, score, isFinished };
}

function assertFits(
  { weights, spec, trainedWords, encoder = null }: DecodedModel,
  { vocabularySize, features: { channels, regions } }: DecodeCaptionsOptions,
): void {
  const sizes = { vocabulary: vocabularySize, channels, regions, maxWords: trainedWords };
  const vectors = vectorsIn(weights);
  assertMatches(weights, captionerParameters(spec, sizes, { encoder, vectors }));
}

async function decodeChunk(
  decoder: Decoder,
  images: ImageTensors,
  chunk: readonly number[],
  { decode }: DecodeCaptionsOptions,
  withAttention: boolean,
): Promise<BeamResult[][]> {
  if (decode.method !== 'sample') {
    const beam = decode.method === 'greedy' ? 1 : decode.beam;
    return searchCaptions(decoder, images, { ...decode, beam }, { withAttention });
  }
  const seeded = Rng.from(decode.seed);
  const drawn = await drawCaptions(decoder, images, {
    ...decode,
    // Each draw has its own generator, so that it does not depend on what else is decoded.
    rows: chunk.map((image) =>
      Array.from({ length: decode.nBest }, (_, i) => seeded.fork(`image ${image} draw ${i}`)),
    ),
    barred: decode.blockUnknown ? [SPECIAL_IDS.unknown] : [],
    withLogProbs: true,
    withAttention,
  });
  return drawn.map((ofImage) => ofImage.map((one) => ({ ...one, score: one.logProb })));
}
