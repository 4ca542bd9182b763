/** Captions for images from trained weights, by beam search on the engine. */
import { logSoftmax, slice, tensor1d, topk, type Tensor } from '@tensorflow/tfjs-core';
import type { DecodeSpec, ModelSpec } from '@capgrid/contracts';
import type { Decoder } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { repeatRows, takeRows } from '../captioner/rows.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError } from '../errors.js';
import { imageTensors, type FeatureSource } from '../features.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { assertMatches, disposeAll, toVariables, type NamedArray } from '../parameters.js';
import { breathe } from '../training/breathe.js';
import { keeping, release } from '../tensor-scope.js';
import { beamSearch, candidatesFor, type BeamResult, type StepFunction } from './beam-search.js';

export interface DecodedCaption extends BeamResult {
  readonly imageIndex: number;
}

export interface DecodeCaptionsOptions {
  readonly engine: Engine;
  readonly weights: readonly NamedArray[];
  readonly spec: ModelSpec;
  readonly vocabularySize: number;
  /** Longest caption of the training, in words: `data.maxWords` of its spec. */
  readonly trainedWords: number;
  readonly decode: Pick<DecodeSpec, 'beam' | 'norm' | 'lengthPenalty' | 'maxWords'>;
  readonly features: FeatureSource;
  readonly imageIndices: readonly number[];
  /** Keep the attention weights of each word; off by default. */
  readonly withAttention?: boolean;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Hypotheses on the engine at once; more cost memory and save little time. */
const ROWS_AT_ONCE = 192;

/** One caption per image, in the order asked. */
export async function decodeCaptions(options: DecodeCaptionsOptions): Promise<DecodedCaption[]> {
  const { engine, weights, spec, vocabularySize, features, imageIndices, decode } = options;
  assertEngine(engine);
  const { channels, regions } = features;
  const sizes = { vocabulary: vocabularySize, channels, regions, maxWords: options.trainedWords };
  assertMatches(weights, captionerParameters(spec, sizes));
  const variables = toVariables(weights);
  const model = createCaptioner(spec, variables);
  const decoder = keeping(() => model.decoder());
  const captions: DecodedCaption[] = [];
  try {
    const imagesAtOnce = Math.max(1, Math.floor(ROWS_AT_ONCE / decode.beam));
    for (let start = 0; start < imageIndices.length; start += imagesAtOnce) {
      const chunk = imageIndices.slice(start, start + imagesAtOnce);
      const results = await decodeChunk(decoder, chunk, options);
      for (const [i, result] of results.entries()) {
        const imageIndex = chunk[i];
        if (imageIndex !== undefined) captions.push({ imageIndex, ...result });
      }
      options.onProgress?.({ done: captions.length, total: imageIndices.length });
      await breathe();
      if (options.signal?.aborted === true) throw new CancelledError('Decoding');
    }
    return captions;
  } finally {
    release(decoder);
    disposeAll(variables);
  }
}

async function decodeChunk(
  decoder: Decoder,
  chunk: readonly number[],
  { features, decode, withAttention = false }: DecodeCaptionsOptions,
): Promise<BeamResult[]> {
  const rows = chunk.length * decode.beam;
  // Regions are projected once per image; the beam's rows repeat the result.
  const images = keeping(() =>
    repeatRows(decoder.encode(imageTensors(features, chunk)), chunk.length, decode.beam),
  );
  let state = keeping(() => decoder.begin(images, rows));
  const step: StepFunction = async (words, parents, stepNumber) => {
    const next = keeping(() => {
      const from = stepNumber === 0 ? state : takeRows(state, parents.length, parents);
      const { state: after, logits, alpha } = decoder.step(images, from, tensor1d(words, 'int32'));
      return {
        after,
        alpha: withAttention && alpha !== null ? alpha() : null,
        best: likeliest(logSoftmax(logits), candidatesFor(decode.beam)),
      };
    });
    release(state);
    state = next.after;
    const { alpha, best } = next;
    const read = {
      words: await best.words.data<'int32'>(),
      logProbs: await best.logProbs.data<'float32'>(),
      endLogProbs: await best.endLogProbs.data<'float32'>(),
      attention: alpha === null ? null : await alpha.data<'float32'>(),
    };
    release([best, alpha]);
    return read;
  };
  try {
    return await beamSearch(chunk.length, decode, step);
  } finally {
    release(state);
    release(images);
  }
}

/**
 * Of each row of `logProbs` [rows, vocabulary]: the `count` likeliest words, equal ones by their id,
 * and the end mark. Only these leave the engine.
 */
function likeliest(
  logProbs: Tensor,
  count: number,
): { words: Tensor; logProbs: Tensor; endLogProbs: Tensor } {
  const [rows = 0, vocabulary = 0] = logProbs.shape;
  const { values, indices } = topk(logProbs, Math.min(count, vocabulary));
  return {
    words: indices,
    logProbs: values,
    endLogProbs: slice(logProbs, [0, SPECIAL_IDS.end], [rows, 1]),
  };
}
