import * as tf from '@tensorflow/tfjs-core';
import { ArnnSpec } from '@capgrid/contracts';
import { beforeAll, expect, test } from 'vitest';
import {
  disposeAll,
  initialiseParameters,
  toVariables,
  type ParameterPlan,
  type Weights,
} from '../parameters.js';
import { zeroCellState } from '../recurrent/recurrent-layer.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { AttentionalVector, attentionalVectorParameters } from './attentional-vector.js';
import { InitialState, initialStateParameters } from './initial-state.js';
import { RecurrentStack, stackParameters } from './recurrent-stack.js';

/** Float32. */
const DIGITS = 5;
const HIDDEN = 8;

beforeAll(async () => {
  await startTestEngine();
});

function specOf(options: object): ArnnSpec {
  return ArnnSpec.parse({ decoder: 'arnn', hidden: HIDDEN, embed: 8, ...options });
}

/** `change` gives a weight other values. */
function withWeights(
  plans: ParameterPlan[],
  use: (weights: Weights) => void,
  change: (name: string) => number | null = () => null,
): void {
  const arrays = initialiseParameters(plans, Rng.from(5)).map((array) => {
    const value = change(array.name);
    return value === null ? array : { ...array, values: array.values.map(() => value) };
  });
  const weights = toVariables(arrays);
  tf.tidy(() => use(weights));
  disposeAll(weights);
}

function expectClose(given: tf.Tensor, wanted: tf.Tensor): void {
  expect(given.shape).toEqual(wanted.shape);
  const values = wanted.dataSync();
  for (const [i, x] of given.dataSync().entries())
    expect(x).toBeCloseTo(values[i] ?? Number.NaN, DIGITS);
}

/** One step of a stack of two layers from zero, and the query it asked with. */
function stackStep(options: object, weights: Weights) {
  const spec = specOf({ layers: 2, ...options });
  const queries: tf.Tensor[] = [];
  const stack = new RecurrentStack(spec, weights, []);
  const result = stack.step(
    (query) => {
      queries.push(query);
      const context = tf.ones([1, HIDDEN]);
      return { context, alpha: () => context, state: {} };
    },
    {
      known: tf.sin(tf.reshape(tf.range(0, 4 * HIDDEN), [1, 4 * HIDDEN])),
      hbar: tf.ones([1, HIDDEN]),
      states: [zeroCellState('lstm', 1, HIDDEN), zeroCellState('lstm', 1, HIDDEN)],
      attentionState: {},
      queryWord: null,
      t: 0,
    },
  );
  const [query, ...more] = queries;
  const [bottom, top] = result.states;
  if (query === undefined || bottom === undefined || top === undefined) {
    throw new Error('The stack has two layers and asks once.');
  }
  expect(more).toEqual([]);
  return { output: result.output, query, bottom: bottom.h, top: top.h };
}

test('a residual adds the input of the second layer to its output, not to its state', () => {
  withWeights(stackParameters(specOf({ layers: 2 })), (weights) => {
    const plain = stackStep({}, weights);
    const residual = stackStep({ residual: true }, weights);
    expectClose(residual.top, plain.top);
    expectClose(plain.output, plain.top);
    expectClose(residual.output, tf.add(plain.top, plain.bottom));
    expectClose(residual.query, residual.output);
  });
});

test('attention in upper layers asks with the first layer, and residuals leave its context out', () => {
  const options = { attentionInUpperLayers: true };
  withWeights(stackParameters(specOf({ layers: 2, ...options })), (weights) => {
    const plain = stackStep(options, weights);
    const residual = stackStep({ ...options, residual: true }, weights);
    expectClose(plain.query, plain.bottom);
    expectClose(residual.output, tf.add(plain.top, plain.bottom));
  });
});

test.each([
  [50, 'gatedState', 'state'],
  [-50, 'gatedContext', 'context'],
] as const)('a context gate of bias %i lets only %s through', (bias, name, part) => {
  const spec = specOf({ contextGate: true });
  const [h, context] = [tf.linspace(-1, 1, HIDDEN), tf.linspace(2, 0, HIDDEN)].map((x) =>
    tf.reshape(x, [1, HIDDEN]),
  );
  if (h === undefined || context === undefined) throw new Error('There are two.');
  withWeights(
    attentionalVectorParameters(spec),
    (weights) => {
      const weight = weights.get(`${name}.weight`) ?? tf.zeros([0, 0]);
      const hbar = new AttentionalVector(spec, weights).from(h, context, null);
      expectClose(hbar, tf.tanh(tf.matMul(part === 'state' ? h : context, weight)));
    },
    (weight) => (weight === 'gate.bias' ? bias : null),
  );
  tf.dispose([h, context]);
});

test.each(['last', 'mean'] as const)(
  'the initial state from the %s region, padding apart',
  (kind) => {
    const spec = specOf({ initialState: kind, layers: 2 });
    withWeights(initialStateParameters(spec), (weights) => {
      const real = tf.reshape(tf.sin(tf.range(0, 2 * HIDDEN)), [1, 2, HIDDEN]);
      const memory = tf.concat([real, tf.fill([1, 1, HIDDEN], 9)], 1);
      const global = tf.reshape(tf.slice(real, [0, 1, 0], [1, 1, HIDDEN]), [1, HIDDEN]);
      const mask = tf.tensor2d([true, true, false], [1, 3], 'bool');
      const start = new InitialState(spec, weights);
      const states = start.states(start.prepare({ memory, mask, global: () => global }), 1);
      const v = kind === 'last' ? global : tf.mean(real, 1);
      const wanted = (name: string): tf.Tensor =>
        tf.tanh(tf.matMul(v, weights.get(`start.${name}.weight`) ?? tf.zeros([0, 0])));
      for (const [layer, { h, c }] of states.entries()) {
        expectClose(h, wanted(`h${layer + 1}`));
        expectClose(c ?? tf.zeros([0]), wanted(`c${layer + 1}`));
      }
      expect(states.length).toBe(2);
    });
  },
);
