/**
 * Trains an attentional RNN on captions by cross-entropy, with validation, learning-rate schedule,
 * early stop and checkpoints from which a later run goes on bit for bit.
 */
import {
  concat,
  div,
  reshape,
  tidy,
  variableGrads,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { TrainingSpec } from '@capgrid/contracts';
import { Arnn } from '../arnn/arnn.js';
import { arnnParameters } from '../arnn/arnn-parameters.js';
import { sumNegativeLogLikelihood } from '../arnn/teacher-forcing.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError, LossNotFiniteError } from '../errors.js';
import { featureTensor, type FeatureSource } from '../features.js';
import { registerGradients } from '../gradients/register-gradients.js';
import {
  assertMatches,
  disposeAll,
  initialiseParameters,
  toArrays,
  toVariables,
  type NamedArray,
} from '../parameters.js';
import { Rng } from '../rng.js';
import { breathe } from './breathe.js';
import { Adam, globalNorm } from './adam.js';
import { assertCaptions, captionBatches, layOut, type TrainingCaption } from './caption-batches.js';
import { afterValidation, startPlateau, type PlateauState } from './plateau.js';
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
  private readonly model: Arnn;
  private readonly weights: Map<string, Variable>;
  private readonly adam: Adam;
  private readonly validationBatches: TrainingCaption[][];
  private plateau: PlateauState;
  private best: readonly NamedArray[] | null;
  private step: number;
  private validatedStep: number;

  constructor(private readonly options: TrainCaptionerOptions) {
    const { spec, vocabularySize, features, resume } = options;
    this.rng = Rng.from(spec.seed);
    const plans = arnnParameters(spec.model, {
      vocabulary: vocabularySize,
      channels: features.channels,
    });
    if (resume !== undefined) assertMatches(resume.weights, plans);
    const start = resume?.weights ?? initialiseParameters(plans, this.rng.fork('weights'));
    this.weights = toVariables(start);
    this.adam = Adam.over(this.weights, spec.optimizer, resume?.moments ?? null);
    this.model = new Arnn(spec.model, this.weights);
    this.plateau = resume?.plateau ?? startPlateau(spec.optimizer.learningRate);
    this.best = resume?.best ?? null;
    this.step = resume?.step ?? 0;
    this.validatedStep = this.step;
    this.validationBatches = captionBatches(options.val.captions, spec.schedule.batchSize, null);
  }

  async toTheEnd(): Promise<TrainingOutcome> {
    const { spec, resume, train } = this.options;
    const { schedule } = spec;
    const firstEpoch = resume?.epoch ?? 0;
    if (this.plateau.sinceBest >= schedule.stopAfter) {
      return this.finish('early-stop', firstEpoch, resume?.batch ?? 0, Number.POSITIVE_INFINITY);
    }
    for (let epoch = firstEpoch; epoch < schedule.maxEpochs; epoch += 1) {
      const rng = this.rng.fork(`epoch ${epoch}`);
      const batches = captionBatches(train.captions, schedule.batchSize, rng);
      const done = epoch === firstEpoch ? (resume?.batch ?? 0) : 0;
      for (let batch = done; batch < batches.length; batch += 1) {
        if (schedule.maxSteps !== null && this.step >= schedule.maxSteps) {
          return this.finish('max-steps', epoch, batch, batches.length);
        }
        await this.update(
          batches[batch] ?? [],
          epoch + (batch + 1) / batches.length,
          batches.length,
        );
        if (this.step % schedule.checkpointEvery === 0) {
          const shouldStop = await this.checkpoint(epoch, batch + 1, batches.length);
          if (shouldStop) return this.finish('early-stop', epoch, batch + 1, batches.length);
        }
      }
    }
    return this.finish('max-epochs', schedule.maxEpochs, 0, 1);
  }

  dispose(): void {
    this.adam.dispose();
    disposeAll(this.weights);
  }

  private async update(
    captions: readonly TrainingCaption[],
    epoch: number,
    batchesPerEpoch: number,
  ): Promise<void> {
    const { spec, features, onProgress, signal } = this.options;
    const { schedule, model } = spec;
    const started = performance.now();
    const step = this.step + 1;
    const { learningRate } = this.plateau;
    const batch = layOut(captions);
    const dropout = model.dropout === 0 ? null : this.rng.fork(`dropout ${step}`);
    const measured = tidy(() => {
      const images = featureTensor(features, batch.imageIndices);
      const { value, grads } = variableGrads(
        () =>
          div(
            sumNegativeLogLikelihood(this.model, batch, images, {
              labelSmoothing: schedule.labelSmoothing,
              dropout,
            }),
            batch.words,
          ),
        [...this.weights.values()],
      );
      const norm = globalNorm(grads);
      this.adam.update(grads, step, learningRate);
      return concat([reshape(value, [1]), reshape(norm, [1])]);
    });
    const [loss = Number.NaN, gradientNorm = Number.NaN] = await measured.data();
    measured.dispose();
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new LossNotFiniteError(step, loss);
    }
    this.step = step;
    onProgress?.({
      step,
      epoch,
      totalStepsEstimate: Math.min(
        schedule.maxEpochs * batchesPerEpoch,
        schedule.maxSteps ?? Number.POSITIVE_INFINITY,
      ),
      loss,
      learningRate,
      gradientNorm,
      captionsPerSecond: (1000 * batch.size) / (performance.now() - started),
    });
    await breathe();
    if (signal?.aborted === true) throw new CancelledError('The training');
  }

  /** Validates and reports; true when the training should end. */
  private async checkpoint(
    epoch: number,
    batch: number,
    batchesPerEpoch: number,
  ): Promise<boolean> {
    const perplexity = await this.validate();
    const weights = await toArrays(this.weights);
    const { state, isBest, shouldStop } = afterValidation(
      this.plateau,
      this.options.spec.schedule,
      perplexity,
      this.step,
    );
    this.plateau = state;
    if (isBest) this.best = weights;
    this.validatedStep = this.step;
    const isEpochDone = batch >= batchesPerEpoch;
    await this.options.onCheckpoint?.({
      state: {
        step: this.step,
        epoch: isEpochDone ? epoch + 1 : epoch,
        batch: isEpochDone ? 0 : batch,
        plateau: state,
        weights,
        moments: await this.adam.moments(),
        best: this.best,
      },
      validationPerplexity: perplexity,
      isBest,
    });
    return shouldStop;
  }

  /** exp of the mean negative log-likelihood per word, without dropout and smoothing. */
  private async validate(): Promise<number> {
    let total = 0;
    let words = 0;
    for (const captions of this.validationBatches) {
      const batch = layOut(captions);
      const sum: Tensor = tidy(() =>
        sumNegativeLogLikelihood(
          this.model,
          batch,
          featureTensor(this.options.features, batch.imageIndices),
          { labelSmoothing: 0, dropout: null },
        ),
      );
      const [value = Number.NaN] = await sum.data();
      sum.dispose();
      total += value;
      words += batch.words;
      await breathe();
      if (this.options.signal?.aborted === true) throw new CancelledError('The training');
    }
    if (!Number.isFinite(total)) throw new LossNotFiniteError(this.step, total / words);
    return Math.exp(total / words);
  }

  private async finish(
    stopReason: StopReason,
    epoch: number,
    batch: number,
    batchesPerEpoch: number,
  ): Promise<TrainingOutcome> {
    const isUnseen = this.validatedStep !== this.step || this.best === null;
    if (isUnseen) await this.checkpoint(epoch, batch, batchesPerEpoch);
    const { best } = this.plateau;
    if (this.best === null || best === null) throw new LossNotFiniteError(this.step, Number.NaN);
    return {
      weights: this.best,
      bestPerplexity: best.perplexity,
      bestStep: best.step,
      steps: this.step,
      epochs: epoch + batch / batchesPerEpoch,
      stopReason,
      parameters: this.best.reduce((total, { values }) => total + values.length, 0),
    };
  }
}
