/**
 * One update as a function from tensors to tensors: all that differs between two updates comes in as
 * a tensor, so an engine may record the function once per shape and replay it.
 */
import {
  add,
  concat,
  div,
  exp,
  keep,
  logSoftmax,
  mul,
  neg,
  reshape,
  sub,
  sum,
  tensor1d,
  tidy,
  variableGrads,
  zerosLike,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Captioner } from '../captioner/captioner.js';
import type { Noise } from '../captioner/noise.js';
import type { Engine, TensorFunction } from '../engine.js';
import { ModelInputError } from '../errors.js';
import type { ParameterGroup } from '../parameters.js';
import { NEVER_WRITTEN } from '../special-ids.js';
import type { Adam } from './adam.js';
import { captionLosses, wordMask, type CaptionTensors } from './teacher-forcing.js';

/** Tensors of one update. The caller disposes them. */
export interface StepInputs extends CaptionTensors {
  readonly divisor: Tensor; // [1]: what the summed loss is divided by
  readonly rates: Tensor; // [groups]: step sizes of Adam, of the groups that are trained
  readonly noise: Noise | null; // what the model plans; null: it runs as in validation
  /** [size]: what the loss of each caption counts, of any sign; null: 1 each. */
  readonly captionWeights: Tensor | null;
}

/** The numbers of a step as tensors. */
export function scalarInputs(
  divisor: number,
  rates: readonly number[],
): Pick<StepInputs, 'divisor' | 'rates'> {
  return { divisor: tensor1d([divisor]), rates: tensor1d([...rates]) };
}

export interface StepSettings {
  readonly labelSmoothing: number;
  /** Times the entropy of the model's distribution, summed over the words: taken off the loss. */
  readonly entropyWeight: number;
}

/** Before the names of noise in the list of a recording's inputs. */
const NOISE = 'noise.';

export type TrainingStepFunction = (inputs: StepInputs) => Tensor[];

/**
 * The function that updates the weights and returns one tensor [2]: the loss and the norm of the
 * gradients before clipping.
 *
 * Where captions have weights they were drawn by the model, and the term that a family adds to the
 * likelihood of human captions does not apply. Moving averages go on: with noise the step normalises
 * with the statistics of its batch, and captions are drawn with the averages.
 *
 * A weight that a batch does not come to has the gradient 0 and goes on with its momentum: the scores
 * behind an arg-max, or what is read from the second word on where all captions are empty.
 *
 * @param weights all of the model; those that `adam` does not train are moving averages
 * @param groups those that are trained; no gradient of the others is computed
 */
export function createTrainingStep(
  model: Captioner,
  weights: ReadonlyMap<string, Variable>,
  adam: Adam,
  { labelSmoothing, entropyWeight }: StepSettings,
  groups: readonly ParameterGroup[] = adam.groups(),
): TrainingStepFunction {
  const trained = adam.trained(groups);
  return (inputs) =>
    tidy(() => {
      const { divisor, rates, noise, captionWeights, ...captions } = inputs;
      const updates = new Map<string, Tensor>();
      const { value, grads } = variableGrads(() => {
        // A caption was drawn from the words that can be written. Were the others left in, nothing
        // would keep the probability of what is never drawn, and so never punished, from rising.
        const barred = captionWeights === null ? [] : NEVER_WRITTEN;
        const { losses, logits, extra } = captionLosses(
          model,
          captions,
          noise,
          labelSmoothing,
          barred,
        );
        const weighted = captionWeights === null ? losses : mul(losses, captionWeights);
        const likelihood = sum(weighted);
        const total =
          entropyWeight === 0
            ? likelihood
            : sub(likelihood, mul(entropyWeight, sumEntropy(logits, captions.targets)));
        const loss = div<Scalar>(total, reshape(divisor, []));
        if (extra === null) return loss;
        for (const [name, update] of extra.updates) updates.set(name, keep(update));
        if (extra.loss === null || captionWeights !== null) return loss;
        return add<Scalar>(loss, div(extra.loss, reshape(divisor, [])));
      }, trained);
      for (const [name, update] of updates) assign(weights, name, update);
      const norm = adam.update(withZeros(grads, trained), rates, groups);
      return [concat([reshape(value, [1]), reshape(norm, [1])])];
    });
}

/** With zeros for the variables that the loss does not depend on. */
function withZeros(grads: NamedTensorMap, trained: readonly Variable[]): NamedTensorMap {
  return Object.fromEntries(
    trained.map((variable) => [variable.name, grads[variable.name] ?? zerosLike(variable)]),
  );
}

/** Of the distributions at the words, in nats. */
function sumEntropy(logits: Tensor, targets: Tensor): Tensor {
  const logProbs = logSoftmax(logits); // [steps * size, vocabulary]
  const entropy = neg(sum(mul(exp(logProbs), logProbs), 1)); // [steps * size]
  return sum(mul(entropy, reshape(wordMask(targets), [targets.size])));
}

/** The step of the groups that are trained, each with recordings of its own. */
export function stepsByGroups(
  create: (groups: readonly ParameterGroup[]) => TrainingStepFunction,
  captureStep: Engine['captureStep'],
): (groups: readonly ParameterGroup[]) => TrainingStepFunction {
  const steps = new Map<string, TrainingStepFunction>();
  return (groups) => {
    const key = groups.join();
    const step = steps.get(key) ?? recorded(create(groups), captureStep);
    steps.set(key, step);
    return step;
  };
}

/** The same step, recorded where the engine can. */
export function recorded(
  step: TrainingStepFunction,
  captureStep: Engine['captureStep'],
): TrainingStepFunction {
  if (captureStep === undefined) return step;
  const byNames = new Map<string, TensorFunction>();
  return (inputs) => {
    const list = inputList(inputs);
    const names = list.map(([name]) => name);
    const hasNoise = inputs.noise !== null;
    const key = `${String(hasNoise)} ${names.join()}`;
    const known = byNames.get(key);
    const run = known ?? captureStep((tensors) => step(stepInputs(names, tensors, hasNoise)));
    if (known === undefined) byNames.set(key, run);
    return run(list.map(([, value]) => value));
  };
}

/** Names and tensors; null is left out, noise has its name behind `noise.`. */
function inputList({ noise, ...inputs }: StepInputs): [string, Tensor][] {
  const own = Object.entries(inputs).filter(
    (entry): entry is [string, Tensor] => entry[1] !== null,
  );
  return [...own, ...Object.entries(noise ?? {}).map(([n, x]): [string, Tensor] => [NOISE + n, x])];
}

/** Back from `inputList`. */
function stepInputs(
  names: readonly string[],
  tensors: readonly Tensor[],
  hasNoise: boolean,
): StepInputs {
  const named = new Map(names.map((name, i) => [name, tensors[i]]));
  const one = (name: string): Tensor => {
    const tensor = named.get(name);
    if (tensor === undefined) throw new ModelInputError(`A training step needs "${name}".`);
    return tensor;
  };
  const noise = names.filter((name) => name.startsWith(NOISE));
  return {
    features: one('features'),
    mask: named.get('mask') ?? null,
    imageOfRow: named.get('imageOfRow') ?? null,
    inputs: one('inputs'),
    targets: one('targets'),
    divisor: one('divisor'),
    rates: one('rates'),
    captionWeights: named.get('captionWeights') ?? null,
    noise: hasNoise
      ? Object.fromEntries(noise.map((name) => [name.slice(NOISE.length), one(name)]))
      : null,
  };
}

function assign(weights: ReadonlyMap<string, Variable>, name: string, value: Tensor): void {
  const variable = weights.get(name);
  if (variable === undefined) throw new ModelInputError(`The model has no weight "${name}".`);
  variable.assign(value);
  value.dispose();
}
