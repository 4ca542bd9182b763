/**
 * What a training does at each update and each validation: by cross-entropy, or self-critically. The
 * run around it (order, learning rate, checkpoints, resuming) is the same.
 */
import type { ScheduleSpec } from '@capgrid/contracts';
import type { ParameterGroup } from '../parameters.js';
import type { Rng } from '../rng.js';
import type { PlateauRules } from './plateau.js';
import type { StepInputs, StepSettings } from './training-step.js';
import type { Validation } from './validation.js';

export interface TrainingPhase<Batch> {
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** The learning rate of a group of weights; 0 keeps them. */
  readonly groupRate: (group: ParameterGroup, learningRate: number, at: UpdateTime) => number;
  readonly rules: PlateauRules;
  /** What a fall of the learning rate goes back to. */
  readonly atFall: Pick<ScheduleSpec['plateau'], 'weights' | 'moments'>;
  readonly maxEpochs: number;
  readonly maxSteps: number | null;
  readonly checkpointEvery: number;
  readonly settings: StepSettings;
  /** Batches of one pass; every order gives as many. Null: in an order of their own. */
  batches(rng: Rng | null): Batch[];
  /** Makes the tensors of an update, which the run disposes. */
  prepare(batch: Batch, at: UpdateContext): Promise<PreparedUpdate>;
  /** `beforeEach` is called before each of its parts and may end it by an error. */
  validate(step: number, beforeEach: () => Promise<void>): Promise<Validation>;
}

export interface UpdateTime {
  /** The update that is to come, from 1. */
  readonly step: number;
  /** Complete passes. */
  readonly epoch: number;
}

export interface UpdateContext extends UpdateTime {
  /** A generator of this update for one purpose. */
  readonly rng: (purpose: string) => Rng;
}

export interface PreparedUpdate {
  readonly inputs: Omit<StepInputs, 'divisor' | 'rates'>;
  readonly captions: number;
  /** Targets that are not padding. */
  readonly words: number;
  /** What the summed loss is divided by. */
  readonly divisor: number;
  readonly rewards: SampleRewards | null;
}

/** Of the samples of an update in self-critical training. */
export interface SampleRewards {
  /** The mean over the samples. */
  readonly reward: number;
  /** What rewards are compared with, the mean over the samples. */
  readonly baseline: number;
  /** Different captions among the samples of an image, 0..1. */
  readonly distinctShare: number;
  /** Samples that were cut, 0..1. */
  readonly unfinishedShare: number;
  /**
   * Of the samples that have ended those whose last word is none that ends a caption, 0..1; null where
   * such words are not given or no sample has ended.
   */
  readonly badEndingShare: number | null;
  /** Of the time of the update. */
  readonly drawSeconds: number;
  readonly rewardSeconds: number;
}
