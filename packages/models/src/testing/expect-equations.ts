/**
 * Compares a family with its equations, which a test writes down a second time in plain numbers: one
 * image, and a caption of a begin mark and two words.
 */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { drawNoise, type Noise } from '../captioner/noise.js';
import { disposeAll, initialiseParameters, toVariables, type NamedArray } from '../parameters.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { dot, meanOf, parts, plus, product, relu, sigmoid, tanh, times } from './plain-numbers.js';
import type { Matrix, Vector } from './plain-numbers.js';
import { tinySpec } from './tiny-task.js';

/** Some hundred sums of numbers around 1 in float32. */
const DIGITS = 4;
const SIZES = { vocabulary: 9, channels: 5, regions: 3, maxWords: 4 };
const INPUTS = [SPECIAL_IDS.begin, 7, 4];

/** A model and what it reads, as plain numbers. */
export interface PlainModel {
  /** Raw regions, [regions, channels]. */
  readonly regions: Matrix;
  /** Rows of the embedding: of the begin mark and of two words. */
  readonly words: Matrix;
  readonly matrix: (name: string) => Matrix;
  readonly vector: (name: string) => Vector;
  /** Of a training step, as rows of its last axis; equations of one must read all that is drawn. */
  readonly noise: (name: string) => Matrix;
  /** x times a row of this dropout mask; without noise, x. */
  readonly dropped: (x: Vector, name: string, row: number) => Vector;
}

export interface PlainStep {
  readonly logits: Vector;
  /** Over the regions (and the sentinel); null in families without attention. */
  readonly alpha: Vector | null;
}

/**
 * `equations`: what the model writes after each of its words. `pass`: of a training step, with its
 * dropout masks and other noise, or one without, as in validation.
 */
export function expectEquations(
  model: Readonly<Record<string, unknown>>,
  equations: (plain: PlainModel) => readonly PlainStep[],
  pass: 'training' | 'validation' = 'validation',
): void {
  const spec = tinySpec({ model }).model;
  const rng = Rng.from(13);
  // Around 0, so that biases are not zero, norms not one and no ReLU lets everything through.
  const arrays = initialiseParameters(captionerParameters(spec, SIZES), Rng.from(3)).map(
    (array) => ({
      ...array,
      values: array.values.map((x) => x + 0.3 * rng.normal()),
    }),
  );
  const regions = Array.from({ length: SIZES.regions }, () =>
    Array.from({ length: SIZES.channels }, () => rng.normal()),
  );
  const weights = toVariables(arrays);
  tf.tidy(() => {
    const images = { features: tf.tensor3d([regions]), mask: null };
    const inputs = tf.tensor2d(INPUTS, [INPUTS.length, 1], 'int32');
    const captioner = createCaptioner(spec, weights);
    const batch = { steps: INPUTS.length, size: 1 };
    const noise =
      pass === 'training'
        ? drawNoise(captioner.noise, batch, SIZES.regions, (name) => rng.fork(name))
        : null;
    const taught = captioner.teach(images, inputs, noise);
    const read = new Set<string>();
    const steps = equations(plainModel(arrays, regions, noise, read));
    expect([...read].sort()).toEqual(Object.keys(noise ?? {}).sort());
    expectNumbers(
      taught.logits,
      steps.map(({ logits }) => logits),
    );
    const alphas = steps.flatMap(({ alpha }) => (alpha === null ? [] : [alpha]));
    expect(taught.alpha !== null).toBe(alphas.length > 0);
    if (taught.alpha !== null) expectNumbers(taught.alpha(), alphas);
  });
  disposeAll(weights);
}

/** `given`: its last axis is that of the rows, its others follow each other. */
export function expectNumbers(given: tf.Tensor, rows: Matrix): void {
  const values = given.dataSync();
  const wanted = rows.flat();
  expect(values.length).toBe(wanted.length);
  for (const [i, x] of wanted.entries()) expect(values[i]).toBeCloseTo(x, DIGITS);
}

/** `read`: gets the names of the noise that the equations ask for. */
function plainModel(
  arrays: readonly NamedArray[],
  regions: Matrix,
  drawn: Noise | null,
  read: Set<string>,
): PlainModel {
  const arrayOf = (name: string): NamedArray => {
    const array = arrays.find((one) => one.name === name);
    if (array === undefined) throw new Error(`no weight "${name}"`);
    return array;
  };
  const vector = (name: string): Vector => [...arrayOf(name).values];
  const matrix = (name: string): Matrix => parts(vector(name), arrayOf(name).shape[0] ?? 0);
  const words = INPUTS.map((id) => matrix('embedding')[id] ?? []);
  const noise = (name: string): Matrix => {
    const values = drawn?.[name];
    if (values === undefined) throw new Error(`no noise "${name}" was drawn`);
    const numbers = [...values.dataSync()];
    // A mask that drops all or nothing could stand anywhere.
    if (numbers.length > 1) expect(new Set(numbers).size, name).toBeGreaterThan(1);
    read.add(name);
    return parts(numbers, numbers.length / (values.shape.at(-1) ?? 1));
  };
  const dropped = (x: Vector, name: string, row: number): Vector =>
    drawn === null ? x : product(x, noise(name)[row] ?? []);
  return { regions, words, matrix, vector, noise, dropped };
}

/** W_o x + b_o */
export function plainLogits({ matrix, vector }: PlainModel, x: Vector): Vector {
  return plus(
    matrix('output.weight').map((row) => dot(row, x)),
    vector('output.bias'),
  );
}

/** v_k = ReLU(W f_k) */
export function plainRegions({ regions, matrix }: PlainModel): Matrix {
  return regions.map((f) => relu(times(f, matrix('image.projection'))));
}

/** Bazzani et al. 2018, eq. 4: v_g = ReLU(W_g mean_k f_k); `code`: of the projected regions. */
export function plainGlobal(plain: PlainModel, kind: 'paper' | 'code'): Vector {
  const pooled = meanOf(kind === 'paper' ? plain.regions : plainRegions(plain));
  return relu(times(pooled, plain.matrix('image.global')));
}

export interface PlainLstm {
  readonly h: Vector;
  readonly c: Vector;
}

/** Gates i, f, g, o: c = f c' + i g, h = o tanh(c). */
export function plainLstm(
  { matrix, vector }: PlainModel,
  name: string,
  x: Vector,
  before: PlainLstm,
): PlainLstm {
  const gates = plus(
    times(x, matrix(`${name}.input`)),
    vector(`${name}.inputBias`),
    times(before.h, matrix(`${name}.recurrent`)),
    vector(`${name}.recurrentBias`),
  );
  const [i = [], f = [], g = [], o = []] = parts(gates, 4);
  const c = plus(product(sigmoid(f), before.c), product(sigmoid(i), tanh(g)));
  return { h: product(sigmoid(o), tanh(c)), c };
}
