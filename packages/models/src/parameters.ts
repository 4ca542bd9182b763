/** Weights as plain arrays outside of engines, and as variables inside of one. */
import { tensor, tidy, variable, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { CheckpointError } from './errors.js';
import type { Initialiser } from './initialisers.js';
import { listSome } from './list-some.js';
import type { Rng } from './rng.js';

/** One weight array, row-major. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Weights with a learning rate of their own. `vectors`: pretrained word vectors. */
export type ParameterGroup = 'decoder' | 'encoder' | 'vectors';

/** What a model needs: a name, a shape and how the values start. */
export interface ParameterPlan {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: Initialiser;
  /** False for what no gradient reaches: moving averages and frozen vectors; true if absent. */
  readonly isTrained?: boolean;
  /** `decoder` if absent. */
  readonly group?: ParameterGroup;
}

export type Weights = ReadonlyMap<string, Tensor>;

/** How many numbers are learned: those of moving averages and frozen vectors are none. */
export function countLearned(plans: readonly ParameterPlan[]): number {
  const learned = plans.filter(({ isTrained }) => isTrained !== false);
  return learned.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** Start values of every planned parameter; each has its own generator, so order does not matter. */
export function initialiseParameters(plans: readonly ParameterPlan[], rng: Rng): NamedArray[] {
  return plans.map(({ name, shape, start }) => ({
    name,
    shape,
    values: start(rng.fork(name), sizeOf(shape)),
  }));
}

/** Variables on the active engine. The caller disposes them with `disposeAll`. */
export function toVariables(arrays: readonly NamedArray[]): Map<string, Variable> {
  return new Map(
    arrays.map(({ name, shape, values }) => [
      name,
      tidy(() => variable(tensor(values.slice(), [...shape], 'float32'))),
    ]),
  );
}

/** Gives variables the values of arrays of the same names and shapes; no array, no change. */
export function assignArrays(
  variables: ReadonlyMap<string, Variable>,
  arrays: readonly NamedArray[],
): void {
  for (const { name, shape, values } of arrays) {
    tidy(() => variables.get(name)?.assign(tensor(values.slice(), [...shape], 'float32')));
  }
}

/** Copies values out of the engine. */
export async function toArrays(tensors: ReadonlyMap<string, Tensor>): Promise<NamedArray[]> {
  return Promise.all(
    [...tensors].map(async ([name, value]) => ({
      name,
      shape: [...value.shape],
      values: (await value.data<'float32'>()).slice(),
    })),
  );
}

export function disposeAll(tensors: ReadonlyMap<string, Tensor>): void {
  for (const value of tensors.values()) value.dispose();
}

/** Looks a weight up; its absence means that the weights belong to another model. */
export function weightOf(weights: Weights, name: string): Tensor {
  const weight = weights.get(name);
  if (weight === undefined) {
    throw new CheckpointError(
      `The weights have no array "${name}" (they have ${listSome([...weights.keys()])}).`,
      'They were made by another model spec; train again or pass the spec they came from.',
    );
  }
  return weight;
}

const FOREIGN = 'It was made by another model spec, vocabulary or encoder; train again.';

/** Fails unless `arrays` are exactly the planned names and shapes. */
export function assertMatches(
  arrays: readonly NamedArray[],
  plans: readonly Pick<ParameterPlan, 'name' | 'shape'>[],
): void {
  const given = new Map(arrays.map((array) => [array.name, array.shape]));
  for (const { name, shape } of plans) {
    const actual = given.get(name);
    if (actual === undefined || actual.join() !== shape.join()) {
      throw new CheckpointError(
        `Weight "${name}" should have the shape [${shape.join(', ')}], the file has ${
          actual === undefined ? 'no such array' : `[${actual.join(', ')}]`
        }.`,
        FOREIGN,
      );
    }
  }
  const planned = new Set(plans.map(({ name }) => name));
  const extra = arrays.find(({ name }) => !planned.has(name));
  if (extra !== undefined) {
    throw new CheckpointError(`The model has no weight "${extra.name}", the file has.`, FOREIGN);
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
