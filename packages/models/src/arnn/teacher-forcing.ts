/** Runs the decoder along given captions and measures how well it predicts each next word. */
import {
  add,
  concat,
  reshape,
  split,
  sum,
  tensor,
  tensor2d,
  unstack,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { sparseCrossEntropy } from '@capgrid/ops';
import { ShapeError } from '../errors.js';
import { featureTensor, type FeatureSource } from '../features.js';
import { SPECIAL_IDS } from '../special-ids.js';
import type { CaptionBatch } from '../training/caption-batches.js';
import type { Rng } from '../rng.js';
import type { Arnn } from './arnn.js';

/** A batch of captions on the engine. */
export interface CaptionTensors {
  readonly features: Tensor; // [size, regions, channels]
  readonly inputs: Tensor; // int32 [steps, size]: begin mark and words
  readonly targets: Tensor; // int32 [steps, size]: words and end mark
  /** [steps, size, 2 hidden]: 0 or 1 / (1 - dropout); null without dropout. */
  readonly dropout: Tensor | null;
}

/** Uploads a batch; the caller disposes the tensors. `dropout`: probability and generator, or null. */
export function captionTensors(
  batch: CaptionBatch,
  source: FeatureSource,
  dropout: { readonly rng: Rng; readonly probability: number; readonly hidden: number } | null,
): CaptionTensors {
  const { size, steps, inputs, targets, imageIndices } = batch;
  return {
    features: featureTensor(source, imageIndices),
    inputs: tensor2d(inputs, [steps, size], 'int32'),
    targets: tensor2d(targets, [steps, size], 'int32'),
    dropout:
      dropout === null
        ? null
        : tensor(dropoutMask(dropout.rng, steps * size * 2 * dropout.hidden, dropout.probability), [
            steps,
            size,
            2 * dropout.hidden,
          ]),
  };
}

/**
 * Summed negative log-likelihood of the batch's words (end mark included), pads left out. It reads
 * no number from the batch on the host, so that an engine may record it.
 */
export function sumNegativeLogLikelihood(
  model: Arnn,
  { features, inputs, targets, dropout }: CaptionTensors,
  labelSmoothing: number,
): Scalar {
  const [steps = 0, size = 0] = inputs.shape;
  const matrices = model.matrices();
  const images = model.encodeImages(matrices, features);
  const words = model.wordGates(matrices, reshape(inputs, [steps * size])); // [steps * size, 4 hidden]
  const gates = split<Tensor>(withGlobal(words, images.globalGates, steps), steps, 0);
  const masks = dropout === null ? [] : unstack(dropout); // [size, 2 hidden] each
  if (dropout !== null && masks.length !== steps) {
    throw new ShapeError('dropout', [steps], [masks.length], 'One mask per step is needed.');
  }

  const attend = model.begin(matrices, images);
  let state = model.initialState(size);
  const vectors: Tensor[] = [];
  for (const [t, inputGates] of gates.entries()) {
    ({ state } = model.step(matrices, attend, state, inputGates, masks[t] ?? null));
    vectors.push(state.hbar);
  }
  const logits = model.logits(concat(vectors, 0)); // [steps * size, vocabulary]
  const loss = sparseCrossEntropy(logits, reshape(targets, [steps * size]), {
    smoothing: labelSmoothing,
    padId: SPECIAL_IDS.pad,
  });
  return sum(loss);
}

/** Adds the part of the gates that is the same at each step to all steps at once. */
function withGlobal(words: Tensor, globalGates: Tensor | null, steps: number): Tensor {
  if (globalGates === null) return words;
  const [rows = 0, width = 0] = words.shape;
  const perStep = add(reshape(words, [steps, rows / steps, width]), globalGates);
  return reshape(perStep, [rows, width]);
}

function dropoutMask(rng: Rng, size: number, dropout: number): Float32Array {
  const kept = 1 / (1 - dropout);
  return Float32Array.from({ length: size }, () => (rng.uniform() < dropout ? 0 : kept));
}
