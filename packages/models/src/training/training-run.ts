/** The loop of a training, whatever its phase does at each update. */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Captioner } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { CancelledError, LossNotFiniteError } from '../errors.js';
import {
  assertMatches,
  assignArrays,
  disposeAll,
  initialiseParameters,
  toArrays,
  toVariables,
  type NamedArray,
  type ParameterGroup,
} from '../parameters.js';
import { Rng } from '../rng.js';
import { release } from '../tensor-scope.js';
import { Adam } from './adam.js';
import {
  isBetter,
  meanWeights,
  withCheckpoint,
  type KeptCheckpoint,
  type Standing,
} from './best-checkpoints.js';
import { breathe } from './breathe.js';
import { afterValidation, startPlateau, type PlateauState } from './plateau.js';
import type { StopReason, TrainCaptionerOptions, TrainingOutcome } from './train-captioner.js';
import type { TrainingPhase } from './training-phase.js';
import type { TrainingState } from './training-state.js';
import {
  createTrainingStep,
  recorded,
  scalarInputs,
  type StepInputs,
  type TrainingStepFunction,
} from './training-step.js';
import type { Validation } from './validation.js';

/** Of a training that starts from weights of another: they are validated before the first update. */
const BEFORE_THE_FIRST = -1;

export class TrainingRun<Batch> {
  private readonly rng: Rng;
  private readonly phase: TrainingPhase<Batch>;
  private readonly weights: Map<string, Variable>;
  private readonly adam: Adam;
  private readonly trainingStep: TrainingStepFunction;
  private readonly batchesPerEpoch: number;
  private plateau: PlateauState;
  private kept: readonly KeptCheckpoint[];
  private step: number;
  private epoch: number;
  /** Batches done of this epoch. */
  private batch: number;
  private validatedStep: number;

  constructor(
    private readonly options: TrainCaptionerOptions,
    createPhase: (model: Captioner) => TrainingPhase<Batch>,
  ) {
    const { engine, spec, vocabularySize, features, parts, startWeights, resume } = options;
    this.rng = Rng.from(spec.seed);
    const sizes = {
      vocabulary: vocabularySize,
      channels: features.channels,
      regions: features.regions,
      maxWords: spec.data.maxWords,
    };
    const plans = captionerParameters(spec.model, sizes, parts);
    const given = resume?.weights ?? startWeights;
    if (given !== undefined) assertMatches(given, plans);
    this.weights = toVariables(given ?? initialiseParameters(plans, this.rng.fork('weights')));
    const untrained = new Map(
      plans.filter(({ isTrained }) => isTrained === false).map((plan) => [plan.name, plan]),
    );
    const trained = new Map([...this.weights].filter(([name]) => !untrained.has(name)));
    const groups = new Map(plans.map(({ name, group = 'decoder' }) => [name, group]));
    this.adam = Adam.over(
      trained,
      spec.optimizer,
      resume?.moments ?? null,
      (name) => groups.get(name) ?? 'decoder',
    );
    const model = createCaptioner(spec.model, this.weights, parts?.encoder);
    this.phase = createPhase(model);
    const plain = createTrainingStep(model, this.weights, this.adam, this.phase.settings);
    // Assigning moving averages is no part of a recording; frozen vectors are not assigned.
    const hasAverages = [...untrained.values()].some(({ group }) => group !== 'vectors');
    this.trainingStep = recorded(plain, hasAverages ? undefined : engine.captureStep);
    this.plateau = resume?.plateau ?? startPlateau(this.phase.learningRate);
    this.kept = resume?.kept ?? [];
    this.step = resume?.step ?? 0;
    this.epoch = resume?.epoch ?? 0;
    this.batch = resume?.batch ?? 0;
    this.validatedStep =
      resume?.validatedStep ?? (startWeights === undefined ? 0 : BEFORE_THE_FIRST);
    this.batchesPerEpoch = this.phase.batches(null).length;
  }

  async toTheEnd(): Promise<TrainingOutcome> {
    const { maxEpochs, maxSteps, rules } = this.phase;
    // The training that is resumed may have been aborted before or in its validation.
    if (this.isValidationDue()) await this.checkpoint();
    if (this.plateau.sinceBest >= rules.stopAfter) return this.finish('early-stop');
    while (this.epoch < maxEpochs) {
      const batches = this.phase.batches(this.rng.fork(`epoch ${this.epoch}`));
      for (const batch of batches.slice(this.batch)) {
        if (maxSteps !== null && this.step >= maxSteps) return this.finish('max-steps');
        await this.endIfAborted();
        await this.update(batch);
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

  private async update(batch: Batch): Promise<void> {
    const { maxEpochs, maxSteps } = this.phase;
    const started = performance.now();
    const step = this.step + 1;
    const learningRate = this.learningRate(step);
    const { epoch } = this;
    const prepared = await this.phase.prepare(batch, {
      step,
      epoch,
      rng: (purpose) => this.rng.fork(`${purpose} ${step}`),
    });
    const { captions, words, divisor, rewards } = prepared;
    const rateOf = (group: ParameterGroup): number =>
      this.phase.groupRate(group, learningRate, { step, epoch });
    const [loss = Number.NaN, gradientNorm = Number.NaN] = await this.run({
      ...prepared.inputs,
      ...scalarInputs(divisor, this.adam.nextRates(this.adam.groups().map(rateOf))),
    });
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new LossNotFiniteError(step, loss);
    }
    this.step = step;
    this.batch += 1;
    if (this.batch === this.batchesPerEpoch) {
      this.epoch += 1;
      this.batch = 0;
    }
    const seconds = (performance.now() - started) / 1000;
    this.options.onProgress?.({
      step,
      epoch: this.epochs(),
      totalStepsEstimate: Math.min(
        maxEpochs * this.batchesPerEpoch,
        maxSteps ?? Number.POSITIVE_INFINITY,
      ),
      loss: divisor === words ? loss : (loss * divisor) / words,
      learningRate,
      gradientNorm,
      captionsPerSecond: captions / seconds,
      tokensPerSecond: words / seconds,
      rewards,
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

  /** With warm-up; `step` counts from 1. */
  private learningRate(step: number): number {
    const { warmupSteps } = this.phase;
    const { learningRate } = this.plateau;
    return step < warmupSteps ? (learningRate * step) / warmupSteps : learningRate;
  }

  private isValidationDue(): boolean {
    return this.step % this.phase.checkpointEvery === 0 && this.validatedStep !== this.step;
  }

  private epochs(): number {
    return this.epoch + this.batch / this.batchesPerEpoch;
  }

  private readonly endIfAborted = async (): Promise<void> => {
    const { signal, onAbort } = this.options;
    if (signal?.aborted !== true) return;
    if (this.validatedStep !== this.step) await onAbort?.(await this.state());
    throw new CancelledError('The training');
  };

  private async state(): Promise<TrainingState> {
    const { step, epoch, batch, validatedStep, plateau, kept } = this;
    const weights = await toArrays(this.weights);
    const moments = await this.adam.moments();
    return { step, epoch, batch, validatedStep, plateau, weights, moments, kept };
  }

  /** Validates and reports; true when the training should end. */
  private async checkpoint(): Promise<boolean> {
    const { step } = this;
    const validation = await this.phase.validate(step, this.endIfAborted);
    const isBest = await this.keep({ step, ...validation });
    const isWarmingUp = step < this.phase.warmupSteps;
    const after = afterValidation(this.plateau, this.phase.rules, { isBest, isWarmingUp });
    this.plateau = after.state;
    this.validatedStep = step;
    if (after.hasFallen) this.goBack();
    await this.options.onCheckpoint?.({ state: await this.state(), validation, isBest });
    return after.shouldStop;
  }

  /** Keeps the weights of now if they are among the best; true where they are the best. */
  private async keep({ step, perplexity, ciderD }: Standing): Promise<boolean> {
    const { averageCheckpoints } = this.options.spec.schedule;
    const [best] = this.kept;
    const standing = { step, perplexity, ciderD };
    this.kept = withCheckpoint(
      this.kept,
      {
        ...standing,
        weights: await toArrays(this.weights),
        moments: this.phase.atFall.moments === 'best' ? await this.adam.moments() : null,
      },
      averageCheckpoints,
    );
    return best === undefined || isBetter(standing, best);
  }

  /** At a fall of the learning rate: to the best weights or other moments, where that is asked for. */
  private goBack(): void {
    const { weights, moments } = this.phase.atFall;
    const [best] = this.kept;
    if (best === undefined) return;
    if (weights === 'best') assignArrays(this.weights, best.weights);
    if (moments === 'best') this.adam.restore(best.moments);
    if (moments === 'zero') this.adam.restore(null);
  }

  private async finish(stopReason: StopReason): Promise<TrainingOutcome> {
    if (this.validatedStep !== this.step || this.kept.length === 0) await this.checkpoint();
    const [best] = this.kept;
    if (best === undefined) throw new LossNotFiniteError(this.step, Number.NaN);
    const weights = meanWeights(this.kept);
    const { perplexity, ciderD } = this.kept.length === 1 ? best : await this.validateMean(weights);
    return {
      weights,
      bestPerplexity: perplexity,
      bestCiderD: ciderD,
      bestStep: best.step,
      steps: this.step,
      epochs: this.epochs(),
      stopReason,
      parameters: weights.reduce((total, { values }) => total + values.length, 0),
    };
  }

  /** The weights of the last update are not needed any more. */
  private validateMean(weights: readonly NamedArray[]): Promise<Validation> {
    assignArrays(this.weights, weights);
    return this.phase.validate(this.step, this.endIfAborted);
  }
}
