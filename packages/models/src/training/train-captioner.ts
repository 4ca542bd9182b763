/**
 * Trains a captioner of any decoder family with validation, learning-rate schedule, early stop and
 * checkpoints from which a later run goes on bit for bit: by cross-entropy, or self-critically from
 * the weights of such a training.
 */
import type { EngineRecord, TrainingSpec } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import type { ModelParts } from '../captioner/create-captioner.js';
import { assertEngine, type Engine } from '../engine.js';
import { ModelInputError } from '../errors.js';
import type { FeatureSource } from '../features.js';
import type { NamedArray, ParameterGroup } from '../parameters.js';
import { assertCaptions, type TrainingCaption } from './caption-batches.js';
import { crossEntropy } from './cross-entropy.js';
import { selfCritical } from './self-critical.js';
import type { SampleRewards } from './training-phase.js';
import { TrainingRun } from './training-run.js';
import type { TrainingState } from './training-state.js';
import type { Validation } from './validation.js';

/** The first that holds, in this order. */
export type StopReason = 'max-epochs' | 'max-steps' | 'early-stop';

export interface TrainingStep {
  readonly step: number;
  /** Passes done, with the fraction of the current one. */
  readonly epoch: number;
  /** Updates if nothing stops the training early. */
  readonly totalStepsEstimate: number;
  /**
   * What the update lowers, of this batch, per word: the negative log-likelihood with label smoothing and
   * the term that the family adds, or in self-critical training that of drawn captions times what they
   * earned more than the baseline, less the rewarded entropy.
   */
  readonly loss: number;
  /** With warm-up. */
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly captionsPerSecond: number;
  /** Words and end marks. */
  readonly tokensPerSecond: number;
  /** Null in a training by cross-entropy. */
  readonly rewards: SampleRewards | null;
}

export interface TrainingCheckpoint {
  readonly state: TrainingState;
  readonly validation: Validation;
}

export interface TrainCaptionerOptions {
  readonly engine: Engine;
  readonly spec: TrainingSpec;
  /** Words, special ids included. */
  readonly vocabularySize: number;
  readonly train: { readonly captions: readonly TrainingCaption[] };
  readonly val: { readonly captions: readonly TrainingCaption[] };
  /** Of the images, or where the encoder was cut if layers of it are trained (`parts.encoder`). */
  readonly features: FeatureSource;
  readonly parts?: ModelParts;
  /**
   * Weights to start from instead of random ones. Self-critical training needs them: those of the
   * training of `crossEntropySpec(spec)`.
   */
  readonly startWeights?: readonly NamedArray[];
  /** Words that no caption ends with ("a", "with"), to count such samples; by id. */
  readonly badEndings?: ReadonlySet<number>;
  /** Of this training: another one is a `StateMismatchError`, before the first update. */
  readonly resume?: TrainingState;
  readonly onProgress?: (step: TrainingStep) => void;
  readonly onCheckpoint?: (checkpoint: TrainingCheckpoint) => void | Promise<void>;
  /** Gets the state of an aborted training, if no checkpoint has it, before `CancelledError`. */
  readonly onAbort?: (state: TrainingState) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

export interface TrainingOutcome {
  /** Those of the best checkpoint, or the mean of the best ones (`schedule.averageCheckpoints`). */
  readonly weights: readonly NamedArray[];
  /** Of `weights` on the validation captions. */
  readonly bestPerplexity: number;
  /** CIDEr-D of greedy captions, 0..10; null unless the training goes by it. */
  readonly bestCiderD: number | null;
  /** Of the best checkpoint. */
  readonly bestStep: number;
  /** Groups that still waited then (`fineTune.afterStep`, `vectors.trainFrom`): in `weights` untrained. */
  readonly waiting: readonly ParameterGroup[];
  readonly steps: number;
  readonly epochs: number;
  readonly stopReason: StopReason;
  /** What computed the updates, each once, in the order of their last ones. */
  readonly engines: readonly EngineRecord[];
  /** Numbers that were learned. */
  readonly parameters: number;
}

export async function trainCaptioner(options: TrainCaptionerOptions): Promise<TrainingOutcome> {
  assertEngine(options.engine);
  registerGradients();
  assertCaptions('train', options.train.captions, options.vocabularySize);
  assertCaptions('val', options.val.captions, options.vocabularySize);
  const { spec, features, startWeights, resume } = options;
  const isSelfCritical = spec.schedule.selfCritical.epochs > 0;
  if (isSelfCritical && startWeights === undefined && resume === undefined) {
    throw new ModelInputError(
      `schedule.selfCritical.epochs is ${spec.schedule.selfCritical.epochs}, but there are no startWeights. Train with crossEntropySpec(spec) first and pass its weights.`,
    );
  }
  const { vocabularySize, badEndings = null } = options;
  const captions = { train: options.train.captions, val: options.val.captions };
  const given = { spec, features, vocabularySize, ...captions };
  const run = isSelfCritical
    ? new TrainingRun(options, (model) => selfCritical({ ...given, model, badEndings }))
    : new TrainingRun(options, (model) => crossEntropy({ ...given, model }));
  try {
    return await run.toTheEnd();
  } finally {
    run.dispose();
  }
}
