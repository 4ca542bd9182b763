/** What a captioner of the training benchmark is. */
import type { Adam, Rng, TrainingStepFunction } from '@capgrid/models';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Sizes } from '../sizes.js';

/** A weight array: matrices are [in, out], but the embedding and the output have a row a word. */
export interface ParameterPlan {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: (rng: Rng, size: number) => Float32Array;
}

export type Weights = ReadonlyMap<string, Variable>;

export interface Captioner {
  readonly parameters: (sizes: Sizes) => readonly ParameterPlan[];
  /**
   * One update. Its first result begins with the mean negative log-likelihood per word. The function
   * makes no constants, so that an engine may record it.
   */
  readonly trainingStep: (weights: Weights, sizes: Sizes, adam: Adam) => TrainingStepFunction;
}

export function weightOf(weights: Weights, name: string): Variable {
  const weight = weights.get(name);
  if (weight === undefined) throw new RangeError(`The task has no weight "${name}".`);
  return weight;
}
