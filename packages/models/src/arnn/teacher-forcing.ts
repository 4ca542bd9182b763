/** Runs the decoder along given captions and measures how well it predicts each next word. */
import {
  add,
  concat,
  logSoftmax,
  mul,
  neg,
  oneHot,
  cast,
  reshape,
  split,
  sum,
  tensor1d,
  tensor2d,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { SPECIAL_IDS } from '../special-ids.js';
import type { CaptionBatch } from '../training/caption-batches.js';
import type { Rng } from '../rng.js';
import type { Arnn } from './arnn.js';

/**
 * Summed negative log-likelihood of the batch's words (end mark included), pads left out.
 * `features`: [size, regions, channels].
 */
export function sumNegativeLogLikelihood(
  model: Arnn,
  batch: CaptionBatch,
  features: Tensor,
  options: { readonly labelSmoothing: number; readonly dropout: Rng | null },
): Scalar {
  const { size, steps } = batch;
  const { hidden, dropout } = model.spec;
  const matrices = model.matrices();
  const images = model.encodeImages(matrices, features);
  const words = model.wordGates(matrices, tensor1d(batch.inputs, 'int32')); // [steps * size, 4 hidden]
  const perStep = split<Tensor>(words, steps, 0);

  let state = model.initialState(size);
  const vectors: Tensor[] = [];
  for (const wordGates of perStep) {
    const mask =
      options.dropout === null || dropout === 0
        ? null
        : tensor2d(dropoutMask(options.dropout, size * 2 * hidden, dropout), [size, 2 * hidden]);
    ({ state } = model.step(matrices, images, state, wordGates, mask));
    vectors.push(state.hbar);
  }
  const logits = model.logits(matrices, concat(vectors, 0)); // [steps * size, vocabulary]
  const targets = targetDistribution(batch, logits.shape[1] ?? 0, options.labelSmoothing);
  return neg(sum(mul(targets, logSoftmax(logits))));
}

/**
 * [steps * size, vocabulary]: 1 - s on the word and s / (vocabulary - 1) on each other one
 * (sockeye's form); all 0 where the caption has ended.
 */
function targetDistribution(batch: CaptionBatch, vocabulary: number, smoothing: number): Tensor {
  const ids = tensor1d(batch.targets, 'int32');
  const hot = cast(oneHot(ids, vocabulary), 'float32');
  const isWord = reshape(
    tensor1d(Float32Array.from(batch.targets, (id) => (id === SPECIAL_IDS.pad ? 0 : 1))),
    [batch.targets.length, 1],
  );
  if (smoothing === 0) return mul(hot, isWord);
  const rest = smoothing / (vocabulary - 1);
  return mul(add(mul(hot, 1 - smoothing - rest), rest), isWord);
}

function dropoutMask(rng: Rng, size: number, dropout: number): Float32Array {
  const kept = 1 / (1 - dropout);
  return Float32Array.from({ length: size }, () => (rng.uniform() < dropout ? 0 : kept));
}
