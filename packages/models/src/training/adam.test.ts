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
  groups: readonly ParameterGroup[] = groupsOf(groupOf),
  weightDecay = 0,
) {
  const spec = OptimizerSpec.parse({ clip: { kind: clip, value: 0.8 }, weightDecay });
  const weights = toVariables(WEIGHTS);
  const adam = Adam.over(weights, spec, null, groupOf);
  const norms = GRADIENTS.map((gradients) =>
    tf.tidy(() => {
      const named = Object.entries(gradients).map(([name, values]) => [
        weights.get(name)?.name ?? '',
        tf.tensor1d([...values]),
      ]);
      const learningRates = groups.map((group) => rates[group] ?? 0);
      const sizes = tf.tensor1d(adam.nextRates(learningRates, groups));
      return adam.update(Object.fromEntries(named), sizes, groups).dataSync()[0] ?? Number.NaN;
    }),
  );
  const arrays = await toArrays(weights);
  const moments = await adam.moments();
  disposeAll(weights);
  adam.dispose();
  return { norms, moments, updates: moments.updates, values: arrays.map(({ values }) => values) };
}

const oneGroup = (): ParameterGroup => 'decoder';
const groupsOf = (groupOf: (name: string) => ParameterGroup): ParameterGroup[] => [
  ...new Set(WEIGHTS.map(({ name }) => groupOf(name))),
];
const twoGroups = (name: string): ParameterGroup => (name === 'b' ? 'encoder' : 'decoder');

test.each(['none', 'element', 'norm'] as const)(
  'clip %s: two groups of one rate go as one group goes',
  async (clip) => {
    const one = await run(clip, { decoder: 0.1 }, oneGroup);
    const two = await run(clip, { decoder: 0.1, encoder: 0.1 }, twoGroups);
    expect(one.updates).toEqual({ decoder: 2 });
    expect(two.updates).toEqual({ decoder: 2, encoder: 2 });
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

test.each(['none', 'element', 'norm'] as const)(
  'clip %s: a group that is left out is as if it were not there',
  async (clip) => {
    const alone = await run(clip, { decoder: 0.1 }, twoGroups, ['decoder']);
    expect(alone.values[1]).toEqual(Float32Array.of(2, 0, 1e-20));
    expect(alone.updates).toEqual({ decoder: 2 });
    expect(alone.moments.first[1]?.values).toEqual(new Float32Array(3));
    expect(alone.moments.second[1]?.values).toEqual(new Float32Array(3));
    expect(alone.norms[0]).toBeCloseTo(Math.hypot(3, -1), 6);
    expect(alone.norms[1]).toBeCloseTo(Math.hypot(-2, 7), 6);
    for (const [at, value] of byHand(clip).entries()) {
      // Float32.
      expect(alone.values[0]?.[at]).toBeCloseTo(value, 5);
    }
  },
);

test.each(['none', 'element', 'norm'] as const)(
  'clip %s: weight decay is a term of the gradient, of what is trained only',
  async (clip) => {
    const decay = 0.5;
    const alone = await run(clip, { decoder: 0.1 }, twoGroups, ['decoder'], decay);
    expect(alone.values[1]).toEqual(Float32Array.of(2, 0, 1e-20));
    for (const [at, value] of byHand(clip, decay).entries()) {
      // Float32.
      expect(alone.values[0]?.[at]).toBeCloseTo(value, 5);
    }
    // (3, -1) + 0.5 (0.5, -1)
    expect(alone.norms[0]).toBeCloseTo(Math.hypot(3.25, -1.5), 6);
    const [one, two] = [
      await run(clip, { decoder: 0.1 }, oneGroup, groupsOf(oneGroup), decay),
      await run(clip, { decoder: 0.1, encoder: 0.1 }, twoGroups, groupsOf(twoGroups), decay),
    ].map(({ values }) => values.flatMap((array) => [...array]));
    for (const [i, value] of (two ?? []).entries()) {
      expect(value).toBeCloseTo(one?.[i] ?? Number.NaN, 5);
    }
  },
);

test('the bias correction of a group counts the updates of that group', () => {
  const weights = toVariables(WEIGHTS);
  const adam = Adam.over(weights, OptimizerSpec.parse({}), null, twoGroups);
  const [first] = adam.nextRates([0.1], ['decoder']);
  const [second, started] = adam.nextRates([0.1, 0.1]);
  expect(started).toBe(first);
  expect(second).not.toBe(first);
  disposeAll(weights);
  adam.dispose();
});

/** `a` after the two updates, in float64 rounded to float32 (Kingma & Ba 2015, algorithm 1). */
function byHand(clip: 'none' | 'element' | 'norm', weightDecay = 0): number[] {
  let weights = Array.from(WEIGHTS[0]?.values ?? []);
  let [m, v] = [weights, weights].map((array) => array.map(() => 0));
  for (const [i, { a }] of GRADIENTS.entries()) {
    const given = a.map((g, at) => g + weightDecay * (weights[at] ?? 0));
    const scale = clip === 'norm' ? Math.min(1, 0.8 / Math.hypot(...given)) : 1;
    const bound = clip === 'element' ? 0.8 : Number.POSITIVE_INFINITY;
    const g = given.map((x) => Math.max(-bound, Math.min(bound, x * scale)));
    m = g.map((x, at) => 0.9 * (m?.[at] ?? 0) + 0.1 * x);
    v = g.map((x, at) => 0.999 * (v?.[at] ?? 0) + 0.001 * x * x);
    const rate = (0.1 * Math.sqrt(1 - 0.999 ** (i + 1))) / (1 - 0.9 ** (i + 1));
    weights = weights.map(
      (w, at) => w - (rate * (m?.[at] ?? 0)) / (Math.sqrt(v?.[at] ?? 0) + 1e-8),
    );
  }
  return weights;
}
