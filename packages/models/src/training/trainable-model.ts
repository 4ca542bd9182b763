/** The model of a training on the engine: its weights, their optimizer, and the updates of both. */
import type { Variable } from '@tensorflow/tfjs-core';
import type { Captioner } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import type { Engine } from '../engine.js';
import {
  assertMatches,
  assignArrays,
  countLearned,
  disposeAll,
  initialiseParameters,
  toArrays,
  toVariables,
  type NamedArray,
  type ParameterGroup,
} from '../parameters.js';
import type { Rng } from '../rng.js';
import { Adam, type AdamMoments } from './adam.js';
import { assertArraysFit } from './assert-arrays-fit.js';
import type { TrainCaptionerOptions } from './train-captioner.js';
import type { TrainingState } from './training-state.js';
import {
  createTrainingStep,
  stepsByGroups,
  type StepSettings,
  type TrainingStepFunction,
} from './training-step.js';

export type TrainedValues = Pick<TrainingState, 'weights' | 'moments'>;

export class TrainableModel {
  readonly captioner: Captioner;
  /** Numbers that are learned. */
  readonly learned: number;
  private readonly weights: Map<string, Variable>;
  private readonly adam: Adam;
  private readonly captureStep: Engine['captureStep'];

  /**
   * With the weights of the state that is resumed, of `startWeights`, or new ones.
   *
   * @param rng of the new weights
   */
  constructor(options: TrainCaptionerOptions, rng: Rng) {
    const { engine, spec, vocabularySize, features, parts, startWeights, resume } = options;
    const sizes = {
      vocabulary: vocabularySize,
      channels: features.channels,
      regions: features.regions,
      maxWords: spec.data.maxWords,
    };
    const plans = captionerParameters(spec.model, sizes, parts);
    this.learned = countLearned(plans);
    if (resume !== undefined) assertArraysFit(resume, plans);
    const given = resume?.weights ?? startWeights;
    if (given !== undefined) assertMatches(given, plans);
    this.weights = toVariables(given ?? initialiseParameters(plans, rng));
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
    this.captioner = createCaptioner(spec.model, this.weights, parts?.encoder);
    // Assigning moving averages is no part of a recording; frozen vectors are not assigned.
    const hasAverages = [...untrained.values()].some(({ group }) => group !== 'vectors');
    this.captureStep = hasAverages ? undefined : engine.captureStep;
  }

  /** The updates, each of the groups of weights that are trained in it. */
  steps(settings: StepSettings): (groups: readonly ParameterGroup[]) => TrainingStepFunction {
    const { captioner, weights, adam } = this;
    return stepsByGroups(
      (trainedNow) => createTrainingStep(captioner, weights, adam, settings, trainedNow),
      this.captureStep,
    );
  }

  /** Those of the weights that are trained. */
  groups(): ParameterGroup[] {
    return this.adam.groups();
  }

  /** Counts an update that is about to come: its step sizes, see Adam. */
  nextRates(learningRates: readonly number[], groups: readonly ParameterGroup[]): number[] {
    return this.adam.nextRates(learningRates, groups);
  }

  /** Copies weights and moments out of the engine. */
  async values(): Promise<TrainedValues> {
    return { weights: await toArrays(this.weights), moments: await this.adam.moments() };
  }

  assign(weights: readonly NamedArray[]): void {
    assignArrays(this.weights, weights);
  }

  /** The moments of Adam; null: as before the first update. */
  restore(moments: AdamMoments | null): void {
    this.adam.restore(moments);
  }

  dispose(): void {
    this.adam.dispose();
    disposeAll(this.weights);
  }
}
