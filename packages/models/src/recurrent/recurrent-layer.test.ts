import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { disposeAll, initialiseParameters, toVariables, type NamedArray } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import {
  createRecurrentLayer,
  recurrentParameters,
  zeroCellState,
  type CellKind,
  type LayerInput,
} from './recurrent-layer.js';

/** Float32, a few steps. */
const DIGITS = 5;
const HIDDEN = 4;
const CELLS = ['lstm', 'gru', 'layer-norm-lstm', 'layer-norm-gru'] as const;
const START = { forgetBias: 1, recurrentInit: 'orthogonal' } as const;
const WHOLE: LayerInput = { known: [], inner: 9 };

beforeAll(async () => {
  await startTestEngine();
});

/** Every weight differs from zero, also biases. */
function arraysOf(cell: CellKind): NamedArray[] {
  return initialiseParameters(
    recurrentParameters(cell, 'x', WHOLE, HIDDEN, START),
    Rng.from(3),
  ).map((array) => ({
    ...array,
    values: array.values.map((value, i) => value + 0.1 * Math.sin(i)),
  }));
}

/** h after three steps over [2, 9], with the input cut as `input` says. */
function run(cell: CellKind, input: LayerInput): Float32Array {
  const weights = toVariables(arraysOf(cell));
  const result = tf.tidy(() => {
    const layer = createRecurrentLayer(cell, weights, 'x', input);
    let state = zeroCellState(cell, 2, HIDDEN);
    for (let t = 0; t < 3; t += 1) {
      const x = tf.sin(tf.reshape(tf.range(18 * t, 18 * (t + 1)), [2, 9]));
      const widths = input.inner === 0 ? [...input.known] : [...input.known, input.inner];
      const parts = tf.split<tf.Tensor>(x, widths, 1);
      const products = layer.known.map((matrix, i) => tf.matMul(parts[i] ?? x, matrix));
      const biased = layer.knownBias === null ? products : [...products, layer.knownBias];
      const known = products.length === 0 ? null : biased.reduce((a, b) => tf.add(a, b));
      const inner = input.inner === 0 ? null : (parts.at(-1) ?? null);
      state = layer.step(known, inner, state);
    }
    return state.h.dataSync<'float32'>();
  });
  disposeAll(weights);
  return result;
}

describe.each(CELLS)('%s', (cell) => {
  test.each([
    { known: [3, 2], inner: 4 },
    { known: [5, 4], inner: 0 },
  ])('gives the same whichever part of the input is known before: %o', (input) => {
    const whole = run(cell, WHOLE);
    expect(whole.some((h) => Math.abs(h) > 0.1)).toBe(true);
    for (const [i, h] of run(cell, input).entries()) expect(h).toBeCloseTo(whole[i] ?? 0, DIGITS);
  });
});

test.each(['lstm', 'layer-norm-lstm'] as const)(
  'the forget bias of %s is in the second of four gates',
  (cell) => {
    const plans = recurrentParameters(cell, 'x', WHOLE, HIDDEN, { ...START, forgetBias: 1.5 });
    const name = cell === 'lstm' ? 'x.inputBias' : 'x.bias';
    const bias = initialiseParameters(plans, Rng.from(1)).find((array) => array.name === name);
    const gate = (value: number): number[] => Array.from({ length: HIDDEN }, () => value);
    expect(Array.from(bias?.values ?? [])).toEqual([0, 1.5, 0, 0].flatMap(gate));
  },
);

test.each([
  ['lstm', 4],
  ['gru', 3],
  ['layer-norm-lstm', 4],
  ['layer-norm-gru', 3],
] as const)('the state enters the gates of %s by %i identities if asked for', (cell, gates) => {
  const start = { ...START, recurrentInit: 'orthogonal-stacked' } as const;
  const plans = recurrentParameters(cell, 'x', WHOLE, HIDDEN, start);
  const [matrix] = plans.filter(({ name }) => name === 'x.recurrent');
  const values = matrix?.start(Rng.from(1), gates * HIDDEN * HIDDEN) ?? [];
  const rows = Array.from({ length: HIDDEN }, (_, i) =>
    Array.from({ length: gates }, () => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0))),
  );
  expect([...values]).toEqual(rows.flat(2));
});

test.each([
  ['without dropout', null],
  ['with a mask of the candidate', [2, 0, 2, 0]],
])('layer-norm-lstm: one step by loops over plain numbers, %s', (_name, mask) => {
  const weights = new Map(arraysOf('layer-norm-lstm').map((a) => [a.name, a]));
  const values = (name: string): number[] => Array.from(weights.get(`x.${name}`)?.values ?? []);
  const x = Array.from({ length: 9 }, (_, i) => Math.cos(i));
  const [h, c] = [
    [0.3, -0.2, 0.5, 0.1],
    [0.4, 0.9, -0.6, -0.1],
  ];
  const product = (vector: readonly number[], name: string): number[] => {
    const matrix = values(name);
    const width = 4 * HIDDEN;
    return Array.from({ length: width }, (_, j) =>
      vector.reduce((sum, value, i) => sum + value * (matrix[i * width + j] ?? Number.NaN), 0),
    );
  };
  const normalised = (vector: readonly number[], name: string): number[] => {
    const mean = vector.reduce((a, b) => a + b, 0) / vector.length;
    const variance = vector.reduce((sum, a) => sum + (a - mean) ** 2, 0) / vector.length;
    const [gamma, beta] = [values(`${name}.gamma`), values(`${name}.beta`)];
    return vector.map(
      (a, i) => ((a - mean) / Math.sqrt(variance + 1e-6)) * (gamma[i] ?? 0) + (beta[i] ?? 0),
    );
  };
  const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
  const fromInput = normalised(product(x, 'input'), 'inputNorm');
  const fromState = normalised(product(h ?? [], 'recurrent'), 'recurrentNorm');
  const gates = fromInput.map((a, i) => a + (fromState[i] ?? 0) + (values('bias')[i] ?? 0));
  const gate = (block: number, i: number): number => gates[block * HIDDEN + i] ?? Number.NaN;
  const candidate = (i: number): number => Math.tanh(gate(2, i)) * (mask?.[i] ?? 1);
  const next = (c ?? []).map(
    (kept, i) => sigmoid(gate(1, i)) * kept + sigmoid(gate(0, i)) * candidate(i),
  );
  const expected = normalised(next, 'cellNorm').map((a, i) => sigmoid(gate(3, i)) * Math.tanh(a));

  const variables = toVariables([...weights.values()]);
  tf.tidy(() => {
    const layer = createRecurrentLayer('layer-norm-lstm', variables, 'x', WHOLE);
    const state = { h: tf.tensor2d([h ?? []]), c: tf.tensor2d([c ?? []]) };
    const after = layer.step(
      null,
      tf.tensor2d([x]),
      state,
      mask === null ? null : tf.tensor2d([mask]),
    );
    for (const [i, value] of after.h.dataSync().entries())
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, DIGITS);
    for (const [i, value] of (after.c?.dataSync() ?? []).entries())
      expect(value).toBeCloseTo(next[i] ?? Number.NaN, DIGITS);
  });
  disposeAll(variables);
});
