/** Runs a model along given captions and measures how well it predicts each next word. */
import {
  add,
  cast,
  notEqual,
  reshape,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { sparseCrossEntropy } from '@capgrid/ops';
import type { Captioner, ExtraTerm, ImageTensors } from '../captioner/captioner.js';
import type { Noise } from '../captioner/noise.js';
import { rowsOf } from '../captioner/rows.js';
import { barredWords } from '../decoding/draw-words.js';
import { imageTensors, type FeatureSource } from '../features.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { release } from '../tensor-scope.js';
import type { CaptionBatch } from './caption-batches.js';

/** A batch of captions on the engine. */
export interface CaptionTensors extends ImageTensors {
  readonly inputs: Tensor; // int32 [steps, size]: begin mark and words
  readonly targets: Tensor; // int32 [steps, size]: words and end mark
}

export interface CaptionLosses {
  /** Negative log-likelihood of each word, [steps, size], smoothed; 0 at padding. */
  readonly losses: Tensor;
  /** [steps * size, vocabulary], time-major. */
  readonly logits: Tensor;
  /** What the family adds, summed over the captions; null for most. */
  readonly extra: ExtraTerm | null;
  /** Attention over the regions at each word, [steps, size, regions]; null without attention. */
  readonly alpha: (() => Tensor) | null;
}

/**
 * Uploads a batch, the regions of each image once; the caller disposes the tensors.
 *
 * `sharing`: captions of one image look at one row of the features, not at a copy each. The batch
 * statistics of `model.featureNorm` are then those of the images.
 */
export function captionTensors(
  batch: CaptionBatch,
  source: FeatureSource,
  { sharing = false }: { readonly sharing?: boolean } = {},
): CaptionTensors {
  const { size, steps, inputs, targets, imageIndices } = batch;
  return {
    ...(sharing ? sharedImages : imagesOfCaptions)(source, imageIndices),
    inputs: tensor2d(inputs, [steps, size], 'int32'),
    targets: tensor2d(targets, [steps, size], 'int32'),
  };
}

/** The regions of each image once; in their order where no two captions share one. */
function sharedImages(source: FeatureSource, imageIndices: readonly number[]): ImageTensors {
  const distinct = [...new Set(imageIndices)];
  if (distinct.length === imageIndices.length) return imageTensors(source, imageIndices);
  const places = new Map(distinct.map((imageIndex, place) => [imageIndex, place]));
  const rows = imageIndices.map((imageIndex) => places.get(imageIndex) ?? 0);
  return { ...imageTensors(source, distinct), imageOfRow: tensor1d(rows, 'int32') };
}

/** The regions of the image of each caption. */
function imagesOfCaptions(source: FeatureSource, imageIndices: readonly number[]): ImageTensors {
  const shared = sharedImages(source, imageIndices);
  if (shared.imageOfRow === undefined) return shared;
  const own = tidy(() => {
    const byRow = rowsOf(shared);
    const { features, mask } = shared;
    return { features: byRow(features), ...(mask === null ? {} : { mask: byRow(mask) }) };
  });
  release(shared);
  return { mask: null, ...own };
}

/**
 * It reads no number from the batch on the host, so that an engine may record it.
 *
 * @param barred words that have no probability: those that captions of the model itself never have
 */
export function captionLosses(
  model: Pick<Captioner, 'teach'>,
  { inputs, targets, ...images }: CaptionTensors,
  noise: Noise | null,
  labelSmoothing: number,
  barred: readonly number[] = [],
): CaptionLosses {
  const { logits: scores, alpha, extraLoss } = model.teach(images, inputs, noise);
  const vocabulary = scores.shape.at(-1) ?? 0;
  const logits = barred.length === 0 ? scores : add(scores, barredWords(vocabulary, barred));
  const smoothedBy = (smoothing: number): Tensor => {
    const ids = reshape(targets, [targets.size]);
    const loss = sparseCrossEntropy(logits, ids, { smoothing, padId: SPECIAL_IDS.pad });
    return reshape(loss, targets.shape);
  };
  const losses = smoothedBy(labelSmoothing);
  if (extraLoss === null) return { losses, logits, extra: null, alpha };
  const likelihoods = () => (labelSmoothing === 0 ? losses : smoothedBy(0));
  return { losses, logits, extra: extraLoss(likelihoods, wordMask(targets)), alpha };
}

/** 1 at words and end marks, 0 at padding: float [steps, size]. */
export function wordMask(targets: Tensor): Tensor {
  return cast(notEqual(targets, SPECIAL_IDS.pad), 'float32');
}
