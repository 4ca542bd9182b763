/** Captions for images from trained weights, by beam search on the engine. */
import { add, gather, logSoftmax, slice, tensor1d, topk, type Tensor } from '@tensorflow/tfjs-core';
import type { DecodeSpec, ModelSpec } from '@capgrid/contracts';
import { Arnn, type ArnnMatrices, type ArnnState } from '../arnn/arnn.js';
import { arnnParameters } from '../arnn/arnn-parameters.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError } from '../errors.js';
import { featureTensor, type FeatureSource } from '../features.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { assertMatches, disposeAll, toVariables, type NamedArray } from '../parameters.js';
import { breathe } from '../training/breathe.js';
import { keeping, release } from '../tensor-scope.js';
import { beamSearch, candidatesFor, type BeamResult, type StepFunction } from './beam-search.js';
import { repeatImages } from './repeat-images.js';

export interface DecodedCaption extends BeamResult {
  readonly imageIndex: number;
}

export interface DecodeCaptionsOptions {
  readonly engine: Engine;
  readonly weights: readonly NamedArray[];
  readonly spec: ModelSpec;
  readonly vocabularySize: number;
  readonly decode: Pick<DecodeSpec, 'beam' | 'norm' | 'lengthPenalty' | 'maxWords'>;
  readonly features: FeatureSource;
  readonly imageIndices: readonly number[];
  /** Keep the attention weights of each word; off by default. */
  readonly withAttention?: boolean;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** What does not change from word to word. */
type DecodingMatrices = ArnnMatrices & { readonly output: Tensor };

/** Hypotheses on the engine at once; more cost memory and save little time. */
const ROWS_AT_ONCE = 192;

/** One caption per image, in the order asked. */
export async function decodeCaptions(options: DecodeCaptionsOptions): Promise<DecodedCaption[]> {
  const { engine, weights, spec, vocabularySize, features, imageIndices, decode } = options;
  assertEngine(engine);
  assertMatches(
    weights,
    arnnParameters(spec, { vocabulary: vocabularySize, channels: features.channels }),
  );
  const variables = toVariables(weights);
  const model = new Arnn(spec, variables);
  const matrices = keeping(() => ({ ...model.matrices(), output: model.outputMatrix() }));
  const captions: DecodedCaption[] = [];
  try {
    const imagesAtOnce = Math.max(1, Math.floor(ROWS_AT_ONCE / decode.beam));
    for (let start = 0; start < imageIndices.length; start += imagesAtOnce) {
      const chunk = imageIndices.slice(start, start + imagesAtOnce);
      const results = await decodeChunk(model, matrices, chunk, options);
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
    release(matrices);
    disposeAll(variables);
  }
}

async function decodeChunk(
  model: Arnn,
  matrices: DecodingMatrices,
  chunk: readonly number[],
  { features, decode, withAttention = false }: DecodeCaptionsOptions,
): Promise<BeamResult[]> {
  // Regions are projected once per image; the beam's rows repeat the result.
  const images = keeping(() =>
    repeatImages(
      model.encodeImages(matrices, featureTensor(features, chunk)),
      chunk.length,
      decode.beam,
    ),
  );
  let state = keeping(() => model.initialState(chunk.length * decode.beam));
  const step: StepFunction = async (words, parents, stepNumber) => {
    const next = keeping(() => {
      const from = stepNumber === 0 ? state : reorder(state, parents);
      const word = model.wordGates(matrices, tensor1d(words, 'int32'));
      const gates = images.globalGates === null ? word : add(word, images.globalGates);
      const attend = model.begin(matrices, images);
      const { state: after, alpha } = model.step(matrices, attend, from, gates, null);
      const logProbs = logSoftmax(model.logitsWith(matrices.output, after.hbar));
      return {
        after,
        alpha: withAttention ? alpha() : null,
        best: likeliest(logProbs, candidatesFor(decode.beam)),
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

/** The state that each row continues. */
function reorder({ h, c, hbar }: ArnnState, parents: Int32Array): ArnnState {
  const rows = tensor1d(parents, 'int32');
  return { h: gather(h, rows), c: gather(c, rows), hbar: gather(hbar, rows) };
}
