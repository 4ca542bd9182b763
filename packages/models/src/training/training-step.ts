/**
 * One update as a function from tensors to tensors: all that differs between two updates comes in as
 * a tensor, so an engine may record the function once per shape and replay it.
 */
import {
  concat,
  div,
  reshape,
  tensor1d,
  tidy,
  variableGrads,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Arnn } from '../arnn/arnn.js';
import { sumNegativeLogLikelihood, type CaptionTensors } from '../arnn/teacher-forcing.js';
import type { TensorFunction } from '../engine.js';
import { ModelInputError } from '../errors.js';
import type { Adam } from './adam.js';

/** Tensors of one update. The caller disposes them. */
export interface StepInputs extends CaptionTensors {
  readonly words: Tensor; // [1]: targets that are not padding
  readonly rate: Tensor; // [1]: step size of Adam
}

/** The numbers of a step as tensors. */
export function scalarInputs(words: number, rate: number): Pick<StepInputs, 'words' | 'rate'> {
  return { words: tensor1d([words]), rate: tensor1d([rate]) };
}

/** In the order that `createTrainingStep` reads. */
export function inputList({
  features,
  inputs,
  targets,
  words,
  rate,
  dropout,
}: StepInputs): Tensor[] {
  const always = [features, inputs, targets, words, rate];
  return dropout === null ? always : [...always, dropout];
}

/**
 * The function of `inputList` that updates `weights` and returns one tensor [2]: mean negative
 * log-likelihood per word and the norm of the gradients before clipping.
 */
export function createTrainingStep(
  model: Arnn,
  weights: ReadonlyMap<string, Variable>,
  adam: Adam,
  labelSmoothing: number,
): TensorFunction {
  return (given) =>
    tidy(() => {
      const { words, rate, ...captions } = stepInputs(given);
      const { value, grads } = variableGrads(
        () => div(sumNegativeLogLikelihood(model, captions, labelSmoothing), reshape(words, [])),
        [...weights.values()],
      );
      const norm = adam.update(grads, rate);
      return [concat([reshape(value, [1]), reshape(norm, [1])])];
    });
}

function stepInputs([features, inputs, targets, words, rate, dropout]: Tensor[]): StepInputs {
  if (!features || !inputs || !targets || !words || !rate) {
    throw new ModelInputError('A training step needs features, inputs, targets, words and rate.');
  }
  return { features, inputs, targets, words, rate, dropout: dropout ?? null };
}
