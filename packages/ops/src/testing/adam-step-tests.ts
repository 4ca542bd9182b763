/** Adam against plain loops, over several updates, in both forms. */
import {
  clone,
  dispose,
  memory,
  reshape,
  slice,
  tensor,
  tidy,
  variable,
  type Variable,
} from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adamStep, adamStepComposed, type AdamSettings, type GradientClip } from '../adam-step.js';
import { expectClose } from './expect-close.js';
import { at, indices, sizeOf, total, wave } from './op-case.js';

const SHAPES = [[3, 4], [5], [], [2, 1, 3]];
const STEPS = 4;
const RATES = indices(STEPS).map((step) => Math.fround(0.1 / (step + 1)));

const clips: GradientClip[] = [
  { kind: 'none', value: 1 },
  // Most gradients lie outside.
  { kind: 'element', value: 0.5 },
  // The norm is about 10: one clip acts, the other does not.
  { kind: 'norm', value: 0.5 },
  { kind: 'norm', value: 1000 },
];

export function describeAdamStep(): void {
  const cases = clips.flatMap((clip) =>
    (['op', 'composed'] as const).map((form) => ({ form, clip })),
  );
  test.each(cases)(
    '$form: four updates with clip $clip.kind $clip.value equal plain loops',
    ({ form, clip }) => {
      const settings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, clip };
      const before = memory().numTensors;
      const start = SHAPES.map((shape, i) => wave(sizeOf(shape), i));
      const [weights, m, v] = [start, zerosOf(start), zerosOf(start)].map((each) =>
        each.map((values, i) => tidy(() => variable(tensor(values, SHAPES[i])))),
      );
      if (weights === undefined || m === undefined || v === undefined) throw new RangeError();
      const expected = plainLoops(start, settings);
      for (const step of indices(STEPS)) {
        tidy(() => {
          const parameters = weights.map((weight, i) => ({
            weight,
            gradient: tensor(gradientOf(step, i), SHAPES[i]),
            m: m[i] ?? weight,
            v: v[i] ?? weight,
          }));
          const run = form === 'op' ? adamStep : adamStepComposed;
          const norm = run(tensor([RATES[step] ?? 0]), parameters, settings);
          expect(norm.shape).toEqual([]);
          expectClose(norm, [expected[step]?.norm ?? Number.NaN], `norm of update ${step}`);
        });
        for (const [i, weight] of weights.entries()) {
          expectClose(weight, expected[step]?.weights[i] ?? [], `weight ${i}, update ${step}`);
          expectClose(m[i] ?? weight, expected[step]?.m[i] ?? [], `m ${i}, update ${step}`);
          expectClose(v[i] ?? weight, expected[step]?.v[i] ?? [], `v ${i}, update ${step}`);
        }
      }
      disposeAll([...weights, ...m, ...v]);
      expect(memory().numTensors).toBe(before);
    },
  );

  test('clones, reshapes and slices of a weight keep the values from before the update', () => {
    const values = [1, -2, 3, -4];
    const [weight, m, v] = [values, [0, 0, 0, 0], [0, 0, 0, 0]].map((start) =>
      tidy(() => variable(tensor(start))),
    );
    if (weight === undefined || m === undefined || v === undefined) throw new RangeError();
    tidy(() => {
      const before = [clone(weight), reshape(weight, [2, 2]), reshape(slice(weight, 1, 3), [3, 1])];
      const settings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, clip: NO_CLIP };
      adamStep(tensor([0.1]), [{ weight, gradient: tensor([1, 1, 1, 1]), m, v }], settings);
      expect([...weight.dataSync()]).not.toEqual(values);
      expect([...(before[0]?.dataSync() ?? [])]).toEqual(values);
      expect([...(before[1]?.dataSync() ?? [])]).toEqual(values);
      expect([...(before[2]?.dataSync() ?? [])]).toEqual(values.slice(1));
    });
    disposeAll([weight, m, v]);
  });
}

const NO_CLIP: GradientClip = { kind: 'none', value: 1 };

interface State {
  readonly weights: readonly (readonly number[])[];
  readonly m: readonly (readonly number[])[];
  readonly v: readonly (readonly number[])[];
  readonly norm: number;
}

/** Kingma & Ba 2015, algorithm 1, with the bias correction in the rates. */
function plainLoops(
  start: readonly (readonly number[])[],
  { beta1, beta2, epsilon, clip }: AdamSettings,
): State[] {
  const states: State[] = [];
  let [weights, m, v] = [start, zerosOf(start), zerosOf(start)];
  for (const step of indices(STEPS)) {
    const raw = start.map((_, i) => gradientOf(step, i));
    const norm = Math.sqrt(total(raw.flat().map((g) => g * g)));
    const gradients = raw.map((each) =>
      each.map((g) => {
        if (clip.kind === 'element') return Math.min(Math.max(g, -clip.value), clip.value);
        return clip.kind === 'norm' ? g * Math.min(1, clip.value / norm) : g;
      }),
    );
    const g = (i: number, k: number): number => at(gradients[i] ?? [], k);
    m = m.map((each, i) => each.map((value, k) => beta1 * value + (1 - beta1) * g(i, k)));
    v = v.map((each, i) => each.map((value, k) => beta2 * value + (1 - beta2) * g(i, k) ** 2));
    weights = weights.map((each, i) =>
      each.map((w, k) => {
        const root = Math.sqrt(at(v[i] ?? [], k));
        return w - (at(RATES, step) * at(m[i] ?? [], k)) / (root + epsilon);
      }),
    );
    states.push({ weights, m, v, norm });
  }
  return states;
}

function gradientOf(step: number, parameter: number): number[] {
  return wave(sizeOf(SHAPES[parameter] ?? []), 20 + 7 * step + parameter, 3);
}

function zerosOf(values: readonly (readonly number[])[]): number[][] {
  return values.map((each) => each.map(() => 0));
}

function disposeAll(variables: readonly Variable[]): void {
  dispose([...variables]);
}
