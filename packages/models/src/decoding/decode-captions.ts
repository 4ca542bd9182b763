/** Captions for images from trained weights, of one model or of several together. */
import type { DecodeSpec, ModelSpec } from '@capgrid/contracts';
import type { Tensor } from '@tensorflow/tfjs-core';
import { breathe } from '../breathe.js';
import type { Decoder, ImageTensors } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { vectorsIn } from '../captioner/word-vectors.js';
import { chunks } from '../chunks.js';
import { elementOf } from '../element-of.js';
import type { TrainedLayers } from '../encoder/trained-layers.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError, ModelInputError } from '../errors.js';
import { imageTensors, type FeatureSource } from '../features.js';
import {
  assertMatches,
  disposeAll,
  toVariables,
  type NamedArray,
  type Weights,
} from '../parameters.js';
import { buildCaptionIndex, type CaptionIndexOptions } from '../retrieval/caption-index.js';
import { ConsensusReranker } from '../retrieval/consensus-reranker.js';
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
  /** With `decode.rerank` what it came first by: mean CIDEr-D, 0..10. Else null. */
  readonly similarity: number | null;
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
  /** Captions of the training split and the features of their images; only `decode.rerank` needs them. */
  readonly training?: Pick<CaptionIndexOptions, 'captions' | 'features'>;
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
  let reranker: ConsensusReranker | null = null;
  const captions: DecodedCaption[] = [];
  let room = decode.attention ? (options.mostWeights ?? MOST_WEIGHTS) : 0;
  try {
    reranker = await rerankerOf(options, elementOf(variables, 0));
    const rowsPerImage = { beam: decode.beam, greedy: 1, sample: decode.nBest }[decode.method];
    for (const chunk of chunks(imageIndices, imagesAtOnce(rowsPerImage))) {
      const images = keeping(() => imageTensors(features, chunk));
      try {
        const found = await decodeChunk(decoder, images, chunk, options, room > 0);
        const results = (await reranker?.rerank(features, chunk, found)) ?? found.map(asFound);
        for (const [
          i,
          {
            captions: [best, ...others],
            similarities,
          },
        ] of results.entries()) {
          const imageIndex = chunk[i];
          if (imageIndex === undefined || best === undefined) continue;
          const weights = (best.attention ?? []).reduce((sum, { length }) => sum + length, 0);
          const attention = weights <= room ? best.attention : null;
          // Once one does not fit, none is kept, so that they are those of the first images.
          room = weights <= room ? room - weights : 0;
          const alternatives = others.map(withoutAttention);
          const similarity = similarities?.[0] ?? null;
          captions.push({ imageIndex, ...best, attention, similarity, alternatives });
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
    reranker?.dispose();
    release(decoders);
    for (const ofModel of variables) disposeAll(ofModel);
  }
}

/** Null where there is nothing to rerank. The first model's encoder tells what looks alike. */
async function rerankerOf(
  { engine, models, decode, training, vocabularySize, signal }: DecodeCaptionsOptions,
  weights: Weights,
): Promise<ConsensusReranker | null> {
  const { method, beam, nBest, rerank } = decode;
  const kept = { beam: Math.min(nBest, beam), greedy: 1, sample: nBest }[method];
  if (rerank.neighbours === 0 || kept === 1) return null;
  if (training === undefined) {
    throw new ModelInputError(
      `decode.rerank.neighbours is ${rerank.neighbours}, but there are no captions of the training split.`,
    );
  }
  const encoder = models[0]?.encoder ?? null;
  const encoding = encoder && { encode: (features: Tensor) => encoder.apply(weights, features) };
  const index = await buildCaptionIndex({
    engine,
    vocabularySize,
    ...training,
    ...encoding,
    ...(signal && { signal }),
  });
  return new ConsensusReranker({ index, rerank, vocabularySize, ...encoding });
}

function asFound(captions: readonly BeamResult[]): {
  captions: readonly BeamResult[];
  similarities: null;
} {
  return { captions, similarities: null };
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
