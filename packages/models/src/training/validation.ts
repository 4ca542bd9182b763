/** Runs a model along held-out captions. */
import {
  concat,
  log,
  max,
  maximum,
  mul,
  neg,
  reshape,
  sum,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { breathe } from '../breathe.js';
import type { TrainingSpec } from '@capgrid/contracts';
import type { Captioner } from '../captioner/captioner.js';
import { PerplexityNotFiniteError } from '../errors.js';
import type { FeatureSource } from '../features.js';
import {
  captionBatches,
  layOut,
  type CaptionBatch,
  type TrainingCaption,
} from './caption-batches.js';
import { captionLosses, captionTensors, wordMask } from './teacher-forcing.js';
import type { TrainingPhase } from './training-phase.js';

export interface Validation {
  /** exp of the mean negative log-likelihood per word, without dropout, smoothing and what families add. */
  readonly perplexity: number;
  /**
   * Means over the words; null in families without attention. Of the mean weights of heads and layers over
   * all that they attend to: the regions, the global descriptor where it is one of them, the sentinel.
   */
  readonly attention: {
    /** In nats: 0 where one of them has all. */
    readonly entropy: number;
    /** The largest weight: 1 where one of them has all. */
    readonly largest: number;
  } | null;
  /** CIDEr-D of greedy captions, 0..10; null unless the training goes by it. */
  readonly ciderD: number | null;
}

export interface ValidationOptions {
  readonly spec: TrainingSpec;
  readonly model: Captioner;
  readonly features: FeatureSource;
  readonly val: readonly TrainingCaption[];
}

/** How a phase validates. `ciderDOfVal`: of captions that the model writes; null where it does not go by it. */
export function validationOf(
  { spec, model, features, val }: ValidationOptions,
  ciderDOfVal: ((beforeEach: () => Promise<void>) => Promise<number>) | null,
): TrainingPhase<never>['validate'] {
  const batches = captionBatches(val, spec.schedule, null);
  return async (step, beforeEach) => {
    const { loss, attention } = await validateCaptions(model, batches, features, beforeEach);
    const perplexity = Math.exp(loss);
    // A loss above 709 is still a number, its exponential is not.
    if (!Number.isFinite(perplexity)) {
      throw new PerplexityNotFiniteError(step, loss, spec.optimizer.clip.kind);
    }
    const ciderD = ciderDOfVal === null ? null : await ciderDOfVal(beforeEach);
    return { perplexity, attention, ciderD };
  };
}

/**
 * Means over the words.
 *
 * @param batches of `captionBatches`
 * @param beforeEach may end it by an error
 */
async function validateCaptions(
  model: Captioner,
  batches: readonly (readonly TrainingCaption[])[],
  features: FeatureSource,
  beforeEach: () => Promise<void>,
): Promise<Pick<Validation, 'attention'> & { loss: number }> {
  const totals = { loss: 0, words: 0, entropy: 0, largest: 0 };
  let hasAttention = false;
  for (const captions of batches) {
    await beforeEach();
    const batch = layOut(captions);
    const sums = tidy(() => measure(model, batch, features));
    const [loss = Number.NaN, entropy, largest = 0] = await sums.data();
    sums.dispose();
    totals.loss += loss;
    totals.words += batch.words;
    hasAttention = entropy !== undefined;
    totals.entropy += entropy ?? 0;
    totals.largest += largest;
    await breathe();
  }
  const attention = hasAttention
    ? { entropy: totals.entropy / totals.words, largest: totals.largest / totals.words }
    : null;
  return { loss: totals.loss / totals.words, attention };
}

/** Sums over the words: [loss], or [loss, entropy, largest weight] with attention. */
function measure(model: Captioner, batch: CaptionBatch, features: FeatureSource): Tensor {
  const captions = captionTensors(batch, features);
  const { losses, alpha } = captionLosses(model, captions, null, 0);
  const loss = reshape(sum(losses), [1]);
  if (alpha === null) return loss;
  const weights = alpha(); // [steps, size, regions]
  const isWord = wordMask(captions.targets);
  // 0 log 0 = 0.
  const entropy = neg(sum(mul(weights, log(maximum(weights, SMALLEST))), 2)); // [steps, size]
  const largest: Tensor = max(weights, 2);
  return concat([
    loss,
    ...[entropy, largest].map((values) => reshape(sum(mul(values, isWord)), [1])),
  ]);
}

/** Its logarithm is a float32; times a weight as small it is nothing. */
const SMALLEST = 1e-30;
