import * as tf from '@tensorflow/tfjs-core';
import { OptimizerSpec } from '@capgrid/contracts';
import { beforeAll, expect, test } from 'vitest';
import { disposeAll, toArrays, toVariables, type ParameterGroup } from '../parameters.js';
import { startTestEngine } from '../testing/test-engine.js';
import { Adam } from './adam.js';

beforeAll(async () => {
  await startTestEngine();
});

const WEIGHTS = [
  { name: 'a', shape: [2], values: Float32Array.of(0.5, -1) },
  { name: 'b', shape: [3], values: Float32Array.of(2, 0, 1e-20) },
];
const GRADIENTS = [
  { a: [3, -1], b: [0.1, -5, 4] },
  { a: [-2, 7], b: [1, 0.3, -2] },
] as const;

/** Weights after two updates and the gradient norms, with the learning rate of each group. */
async function run(
  clip: 'none' | 'element' | 'norm',
  rates: Partial<Record<ParameterGroup, number>>,
  groupOf: (name: string) => ParameterGroup,
) {
  const spec = OptimizerSpec.parse({ clip: { kind: clip, value: 0.8 } });
  const weights = toVariables(WEIGHTS);
  const adam = Adam.over(weights, spec, null, groupOf);
  const norms = GRADIENTS.map((gradients) =>
    tf.tidy(() => {
      const named = Object.entries(gradients).map(([name, values]) => [
        weights.get(name)?.name ?? '',
        tf.tensor1d([...values]),
      ]);
      const learningRates = adam.groups().map((group) => rates[group] ?? 0);
      const sizes = tf.tensor1d(adam.nextRates(learningRates));
      return adam.update(Object.fromEntries(named), sizes).dataSync()[0] ?? Number.NaN;
    }),
  );
  const arrays = await toArrays(weights);
  const { updates } = await adam.moments();
  disposeAll(weights);
  adam.dispose();
  return { norms, updates, values: arrays.map(({ values }) => values) };
}

const oneGroup = (): ParameterGroup => 'decoder';
const twoGroups = (name: string): ParameterGroup => (name === 'b' ? 'encoder' : 'decoder');

test.each(['none', 'element', 'norm'] as const)(
  'clip %s: two groups of one rate go as one group goes',
  async (clip) => {
    const one = await run(clip, { decoder: 0.1 }, oneGroup);
    const two = await run(clip, { decoder: 0.1, encoder: 0.1 }, twoGroups);
    expect(two.updates).toBe(one.updates);
    const flat = (values: readonly Float32Array[]) => values.flatMap((array) => [...array]);
    const expected = flat(one.values);
    for (const [i, value] of flat(two.values).entries()) {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    }
    for (const [i, norm] of two.norms.entries()) {
      expect(norm).toBeCloseTo(one.norms[i] ?? Number.NaN, 5);
    }
  },
);

test('a group with the rate 0 keeps its weights, the others go on', async () => {
  const { values } = await run('norm', { decoder: 0.1, encoder: 0 }, twoGroups);
  const moving = await run('norm', { decoder: 0.1, encoder: 0.1 }, twoGroups);
  expect(values[1]).toEqual(Float32Array.of(2, 0, 1e-20));
  expect(values[0]).toEqual(moving.values[0]);
  expect(values[0]).not.toEqual(WEIGHTS[0]?.values);
});
