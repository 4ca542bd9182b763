/** The loop of a training, whatever its phase does at each update. */
import type { EngineRecord } from '@capgrid/contracts';
import type { Tensor } from '@tensorflow/tfjs-core';
import { breathe } from '../breathe.js';
import type { Captioner } from '../captioner/captioner.js';
import { withEngine } from '../engine.js';
import { CancelledError, LossNotFiniteError, StateMismatchError } from '../errors.js';
import type { NamedArray, ParameterGroup } from '../parameters.js';
import { Rng } from '../rng.js';
import { release } from '../tensor-scope.js';
import {
  isBetter,
  meanWeights,
  withCheckpoint,
  type KeptCheckpoint,
  type Standing,
} from './best-checkpoints.js';
import { afterValidation, hasStalled, startPlateau, type PlateauState } from './plateau.js';
import type { StopReason, TrainCaptionerOptions, TrainingOutcome } from './train-captioner.js';
import type { TrainingPhase } from './training-phase.js';
import type { TrainingState } from './training-state.js';
import { TrainableModel, type TrainedValues } from './trainable-model.js';
import { scalarInputs, type StepInputs, type TrainingStepFunction } from './training-step.js';
import type { Validation } from './validation.js';

export class TrainingRun<Batch> {
  private readonly rng: Rng;
  private readonly phase: TrainingPhase<Batch>;
  private readonly model: TrainableModel;
  private readonly stepOf: (groups: readonly ParameterGroup[]) => TrainingStepFunction;
  private readonly batchesPerEpoch: number;
  private plateau: PlateauState;
  private kept: readonly KeptCheckpoint[];
  private step: number;
  private epoch: number;
  /** Batches done of this epoch. */
  private batch: number;
  /** Null before the first validation. */
  private validatedStep: number | null;
  /** Start weights of another training are validated before the first update. */
  private readonly validatesStart: boolean;

  constructor(
    private readonly options: TrainCaptionerOptions,
    createPhase: (model: Captioner) => TrainingPhase<Batch>,
  ) {
    const { spec, startWeights, resume } = options;
    this.rng = Rng.from(spec.seed);
    this.model = new TrainableModel(options, this.rng.fork('weights'));
    this.phase = createPhase(this.model.captioner);
    this.stepOf = this.model.steps(this.phase.settings);
    this.plateau = resume?.plateau ?? startPlateau(this.phase.learningRate);
    this.kept = resume?.kept ?? [];
    this.step = resume?.step ?? 0;
    this.epoch = resume?.epoch ?? 0;
    this.batch = resume?.batch ?? 0;
    this.validatedStep = resume?.validatedStep ?? null;
    // Only such a training has a state before its first update.
    this.validatesStart = startWeights !== undefined || resume?.step === 0;
    this.batchesPerEpoch = this.phase.batches(null).length;
    if (resume !== undefined) this.assertPlaceFits(resume);
  }

  async toTheEnd(): Promise<TrainingOutcome> {
    // The training that is resumed may have been aborted before or in its validation.
    if (this.isValidationDue()) await this.checkpoint();
    let reason = this.stopReason();
    while (reason === null) {
      const batches = this.phase.batches(this.rng.fork(`epoch ${this.epoch}`));
      for (const batch of batches.slice(this.batch)) {
        await this.endIfAborted();
        await this.update(batch);
        if (this.isValidationDue()) await this.checkpoint();
        reason = this.stopReason();
        if (reason !== null) break;
      }
    }
    return this.finish(reason);
  }

  /**
   * Null while the training goes on. It follows from the state alone, also after the validation that
   * the end brings, so that a training that had ended ends again for the same reason.
   */
  private stopReason(): StopReason | null {
    const { maxEpochs, maxSteps, rules } = this.phase;
    if (this.epoch >= maxEpochs) return 'max-epochs';
    if (maxSteps !== null && this.step >= maxSteps) return 'max-steps';
    return hasStalled(this.plateau, rules) ? 'early-stop' : null;
  }

  dispose(): void {
    this.model.dispose();
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
    // Those that wait or stay as they are need no gradients.
    const groups = this.model.groups().filter((group) => group === 'decoder' || rateOf(group) > 0);
    const [loss = Number.NaN, gradientNorm = Number.NaN] = await this.run(groups, {
      ...prepared.inputs,
      ...scalarInputs(divisor, this.model.nextRates(groups.map(rateOf), groups)),
    });
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      const { clip } = this.options.spec.optimizer;
      throw new LossNotFiniteError(step, loss, gradientNorm, clip.kind);
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
  private async run(
    groups: readonly ParameterGroup[],
    inputs: StepInputs,
  ): Promise<Float32Array | []> {
    let results: Tensor[] = [];
    try {
      results = this.stepOf(groups)(inputs);
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
    return this.step % this.phase.checkpointEvery === 0 && this.isUnvalidated();
  }

  /** Updates came after the last validation, or start weights before the first. */
  private isUnvalidated(): boolean {
    return this.validatedStep !== this.step && (this.step > 0 || this.validatesStart);
  }

  private epochs(): number {
    return this.epoch + this.batch / this.batchesPerEpoch;
  }

  private readonly endIfAborted = async (): Promise<void> => {
    const { signal, onAbort } = this.options;
    if (signal?.aborted !== true) return;
    if (this.isUnvalidated()) await onAbort?.(this.stateWith(await this.model.values()));
    throw new CancelledError('The training');
  };

  private stateWith(values: TrainedValues): TrainingState {
    const { step, epoch, batch, validatedStep, plateau, kept } = this;
    const engines = this.engines();
    return { step, epoch, batch, validatedStep, plateau, kept, engines, ...values };
  }

  /** This engine counts when it has computed an update. */
  private engines(): readonly EngineRecord[] {
    const { resume, engine } = this.options;
    const earlier = resume?.engines ?? [];
    return this.step > (resume?.step ?? 0) ? withEngine(earlier, engine) : earlier;
  }

  /** The order of the captions follows from the place: the state has to say where it is. */
  private assertPlaceFits({ step, epoch, batch }: TrainingState): void {
    const perEpoch = this.batchesPerEpoch;
    if (batch < perEpoch && step === epoch * perEpoch + batch) return;
    this.dispose();
    throw new StateMismatchError(
      `The training state is at update ${step}, after ${epoch} epochs and ${batch} batches; an epoch of this training has ${perEpoch}.`,
    );
  }

  /** Validates, keeps the weights if they are among the best, and reports. */
  private async checkpoint(): Promise<void> {
    const { step } = this;
    const validation = await this.phase.validate(step, this.endIfAborted);
    const values = await this.model.values();
    const isBest = this.keep({ step, ...validation }, values);
    const isWarmingUp = step < this.phase.warmupSteps;
    const after = afterValidation(this.plateau, this.phase.rules, { isBest, isWarmingUp });
    this.plateau = after.state;
    this.validatedStep = step;
    if (after.hasFallen) this.goBack();
    const state = this.stateWith(after.hasFallen ? await this.model.values() : values);
    await this.options.onCheckpoint?.({ state, validation });
  }

  /** Keeps the weights of now if they are among the best; true where they are the best. */
  private keep(
    { step, perplexity, ciderD }: Standing,
    { weights, moments }: TrainedValues,
  ): boolean {
    const { averageCheckpoints } = this.options.spec.schedule;
    const [best] = this.kept;
    const standing = { step, perplexity, ciderD };
    this.kept = withCheckpoint(
      this.kept,
      {
        ...standing,
        weights,
        moments: this.phase.atFall.moments === 'best' ? moments : null,
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
    if (weights === 'best') this.model.assign(best.weights);
    if (moments === 'best') this.model.restore(best.moments);
    if (moments === 'zero') this.model.restore(null);
  }

  private async finish(stopReason: StopReason): Promise<TrainingOutcome> {
    if (this.isUnvalidated() || this.kept.length === 0) await this.checkpoint();
    const [best] = this.kept;
    if (best === undefined) throw new LossNotFiniteError(this.step, Number.NaN);
    const weights = meanWeights(this.kept);
    const { perplexity, ciderD } = this.kept.length === 1 ? best : await this.validateMean(weights);
    return {
      weights,
      bestPerplexity: perplexity,
      bestCiderD: ciderD,
      bestStep: best.step,
      waiting: this.groupsThatWait(Math.max(...this.kept.map(({ step }) => step))),
      steps: this.step,
      epochs: this.epochs(),
      stopReason,
      engines: this.engines(),
      parameters: this.model.learned,
    };
  }

  /** Those that no update up to `step` has trained. */
  private groupsThatWait(step: number): ParameterGroup[] {
    const { epoch, phase } = this;
    return this.model
      .groups()
      .filter((group) => phase.groupRate(group, phase.learningRate, { step, epoch }) === 0);
  }

  /** The weights of the last update are not needed any more. */
  private validateMean(weights: readonly NamedArray[]): Promise<Validation> {
    this.model.assign(weights);
    return this.phase.validate(this.step, this.endIfAborted);
  }
}
