/**
 * Trains a captioner of any decoder family by cross-entropy, with validation, learning-rate schedule,
 * early stop and checkpoints from which a later run goes on bit for bit.
 */
import { tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { TrainingSpec } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import type { Captioner } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { drawNoise } from '../captioner/noise.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError, LossNotFiniteError } from '../errors.js';
import type { FeatureSource } from '../features.js';
import {
  assertMatches,
  disposeAll,
  initialiseParameters,
  toArrays,
  toVariables,
  type NamedArray,
} from '../parameters.js';
import { Rng } from '../rng.js';
import { release } from '../tensor-scope.js';
import { breathe } from './breathe.js';
import { Adam } from './adam.js';
import { assertCaptions, captionBatches, layOut, type TrainingCaption } from './caption-batches.js';
import { afterValidation, startPlateau, type PlateauState } from './plateau.js';
import { captionTensors, sumNegativeLogLikelihood } from './teacher-forcing.js';
import {
  createTrainingStep,
  recorded,
  scalarInputs,
  type StepInputs,
  type TrainingStepFunction,
} from './training-step.js';
import type { TrainingState } from './training-state.js';

export type StopReason = 'max-epochs' | 'max-steps' | 'early-stop';

export interface TrainingStep {
  readonly step: number;
  /** Passes done, with the fraction of the current one. */
  readonly epoch: number;
  /** Updates if nothing stops the training early. */
  readonly totalStepsEstimate: number;
  /** Mean negative log-likelihood per word of this batch. */
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly captionsPerSecond: number;
}

export interface TrainingCheckpoint {
  readonly state: TrainingState;
  readonly validationPerplexity: number;
  /** The weights of `state` are the best so far. */
  readonly isBest: boolean;
}

export interface TrainCaptionerOptions {
  readonly engine: Engine;
  readonly spec: TrainingSpec;
  /** Words, special ids included. */
  readonly vocabularySize: number;
  readonly train: { readonly captions: readonly TrainingCaption[] };
  readonly val: { readonly captions: readonly TrainingCaption[] };
  readonly features: FeatureSource;
  readonly resume?: TrainingState;
  readonly onProgress?: (step: TrainingStep) => void;
  readonly onCheckpoint?: (checkpoint: TrainingCheckpoint) => void | Promise<void>;
  /** Gets the state of an aborted training, if no checkpoint has it, before `CancelledError`. */
  readonly onAbort?: (state: TrainingState) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

export interface TrainingOutcome {
  /** Weights with the lowest validation perplexity. */
  readonly weights: readonly NamedArray[];
  readonly bestPerplexity: number;
  readonly bestStep: number;
  readonly steps: number;
  readonly epochs: number;
  readonly stopReason: StopReason;
  /** Numbers that were learned. */
  readonly parameters: number;
}

export async function trainCaptioner(options: TrainCaptionerOptions): Promise<TrainingOutcome> {
  assertEngine(options.engine);
  registerGradients();
  assertCaptions('train', options.train.captions, options.vocabularySize);
  assertCaptions('val', options.val.captions, options.vocabularySize);
  const run = new TrainingRun(options);
  try {
    return await run.toTheEnd();
  } finally {
    run.dispose();
  }
}

class TrainingRun {
  private readonly rng: Rng;
  private readonly model: Captioner;
  private readonly weights: Map<string, Variable>;
  private readonly adam: Adam;
  private readonly trainingStep: TrainingStepFunction;
  private readonly validationBatches: TrainingCaption[][];
  private readonly batchesPerEpoch: number;
  private plateau: PlateauState;
  private best: readonly NamedArray[] | null;
  private step: number;
  private epoch: number;
  /** Batches done of this epoch. */
  private batch: number;
  private validatedStep: number;

  constructor(private readonly options: TrainCaptionerOptions) {
    const { engine, spec, vocabularySize, features, train, val, resume } = options;
    const { batchSize } = spec.schedule;
    this.rng = Rng.from(spec.seed);
    const plans = captionerParameters(spec.model, {
      vocabulary: vocabularySize,
      channels: features.channels,
      regions: features.regions,
      maxWords: spec.data.maxWords,
    });
    if (resume !== undefined) assertMatches(resume.weights, plans);
    const start = resume?.weights ?? initialiseParameters(plans, this.rng.fork('weights'));
    this.weights = toVariables(start);
    const averages = plans.filter(({ isTrained }) => isTrained === false).map(({ name }) => name);
    const trained = new Map([...this.weights].filter(([name]) => !averages.includes(name)));
    this.adam = Adam.over(trained, spec.optimizer, resume?.moments ?? null);
    this.model = createCaptioner(spec.model, this.weights);
    const { labelSmoothing } = spec.schedule;
    const plain = createTrainingStep(this.model, this.weights, this.adam, labelSmoothing);
    // Assigning moving averages is no part of a recording.
    this.trainingStep = recorded(plain, averages.length === 0 ? engine.captureStep : undefined);
    this.plateau = resume?.plateau ?? startPlateau(spec.optimizer.learningRate);
    this.best = resume?.best ?? null;
    this.step = resume?.step ?? 0;
    this.epoch = resume?.epoch ?? 0;
    this.batch = resume?.batch ?? 0;
    this.validatedStep = resume?.validatedStep ?? 0;
    this.validationBatches = captionBatches(val.captions, batchSize, null);
    // Every order of the captions gives as many.
    this.batchesPerEpoch = captionBatches(train.captions, batchSize, null).length;
  }

  async toTheEnd(): Promise<TrainingOutcome> {
    const { spec, train } = this.options;
    const { schedule } = spec;
    // The training that is resumed may have been aborted before or in its validation.
    if (this.isValidationDue()) await this.checkpoint();
    if (this.plateau.sinceBest >= schedule.stopAfter) return this.finish('early-stop');
    while (this.epoch < schedule.maxEpochs) {
      const rng = this.rng.fork(`epoch ${this.epoch}`);
      const batches = captionBatches(train.captions, schedule.batchSize, rng);
      for (const captions of batches.slice(this.batch)) {
        if (schedule.maxSteps !== null && this.step >= schedule.maxSteps) {
          return this.finish('max-steps');
        }
        await this.endIfAborted();
        await this.update(captions);
        const shouldStop = this.isValidationDue() && (await this.checkpoint());
        if (shouldStop) return this.finish('early-stop');
      }
    }
    return this.finish('max-epochs');
  }

  dispose(): void {
    this.adam.dispose();
    disposeAll(this.weights);
  }

  private async update(captions: readonly TrainingCaption[]): Promise<void> {
    const { spec, features, onProgress } = this.options;
    const { schedule } = spec;
    const started = performance.now();
    const step = this.step + 1;
    const { learningRate } = this.plateau;
    const batch = layOut(captions);
    const inputs = {
      ...captionTensors(batch, features),
      ...scalarInputs(batch.words, this.adam.rate(step, learningRate)),
      noise: drawNoise(this.model.noise, batch.steps, batch.size, (name) =>
        this.rng.fork(`${name} ${step}`),
      ),
    };
    const [loss = Number.NaN, gradientNorm = Number.NaN] = await this.run(inputs);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new LossNotFiniteError(step, loss);
    }
    this.step = step;
    this.batch += 1;
    if (this.batch === this.batchesPerEpoch) {
      this.epoch += 1;
      this.batch = 0;
    }
    onProgress?.({
      step,
      epoch: this.epochs(),
      totalStepsEstimate: Math.min(
        schedule.maxEpochs * this.batchesPerEpoch,
        schedule.maxSteps ?? Number.POSITIVE_INFINITY,
      ),
      loss,
      learningRate,
      gradientNorm,
      captionsPerSecond: (1000 * batch.size) / (performance.now() - started),
    });
    await breathe();
  }

  /** Runs the step, disposes its tensors and reads what it measured. */
  private async run(inputs: StepInputs): Promise<Float32Array | []> {
    let results: Tensor[] = [];
    try {
      results = this.trainingStep(inputs);
      return (await results[0]?.data<'float32'>()) ?? [];
    } finally {
      release([inputs, results]);
    }
  }

  private isValidationDue(): boolean {
    const { checkpointEvery } = this.options.spec.schedule;
    return this.step % checkpointEvery === 0 && this.validatedStep !== this.step;
  }

  private epochs(): number {
    return this.epoch + this.batch / this.batchesPerEpoch;
  }

  private async endIfAborted(): Promise<void> {
    const { signal, onAbort } = this.options;
    if (signal?.aborted !== true) return;
    if (this.validatedStep !== this.step) await onAbort?.(await this.state());
    throw new CancelledError('The training');
  }

  private async state(): Promise<TrainingState> {
    const { step, epoch, batch, validatedStep, plateau, best } = this;
    const weights = await toArrays(this.weights);
    const moments = await this.adam.moments();
    return { step, epoch, batch, validatedStep, plateau, weights, moments, best };
  }

  /** Validates and reports; true when the training should end. */
  private async checkpoint(): Promise<boolean> {
    const validationPerplexity = await this.validate();
    const { schedule } = this.options.spec;
    const after = afterValidation(this.plateau, schedule, validationPerplexity, this.step);
    const { isBest, shouldStop } = after;
    this.plateau = after.state;
    this.validatedStep = this.step;
    if (isBest) this.best = await toArrays(this.weights);
    await this.options.onCheckpoint?.({ state: await this.state(), validationPerplexity, isBest });
    return shouldStop;
  }

  /** exp of the mean negative log-likelihood per word, without dropout and smoothing. */
  private async validate(): Promise<number> {
    let total = 0;
    let words = 0;
    for (const captions of this.validationBatches) {
      await this.endIfAborted();
      const batch = layOut(captions);
      const sum: Tensor = tidy(() =>
        sumNegativeLogLikelihood(this.model, captionTensors(batch, this.options.features)),
      );
      const [value = Number.NaN] = await sum.data();
      sum.dispose();
      total += value;
      words += batch.words;
      await breathe();
    }
    const perplexity = Math.exp(total / words);
    // A mean above 709 is still a number, its exponential is not.
    if (!Number.isFinite(perplexity)) throw new LossNotFiniteError(this.step, perplexity);
    return perplexity;
  }

  private async finish(stopReason: StopReason): Promise<TrainingOutcome> {
    const isUnseen = this.validatedStep !== this.step || this.best === null;
    if (isUnseen) await this.checkpoint();
    const { best } = this.plateau;
    if (this.best === null || best === null) throw new LossNotFiniteError(this.step, Number.NaN);
    return {
      weights: this.best,
      bestPerplexity: best.perplexity,
      bestStep: best.step,
      steps: this.step,
      epochs: this.epochs(),
      stopReason,
      parameters: this.best.reduce((total, { values }) => total + values.length, 0),
    };
  }
}
