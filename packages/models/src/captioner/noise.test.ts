import { beforeAll, expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { drawNoise, dropoutPlan, noiseOf } from './noise.js';

beforeAll(async () => {
  await startTestEngine();
});

test.each([0.1, 0.25, 1 / 3, 0.5, 0.999])(
  'a dropout mask of %f drops where a uniform number is smaller',
  (probability) => {
    const plans = dropoutPlan('mask', probability, (steps, size) => [steps, size]);
    const noise = drawNoise(plans, { steps: 20, size: 50 }, 1, (name) => Rng.from(3).fork(name));
    const rng = Rng.from(3).fork('mask');
    const expected = Float32Array.from({ length: 1000 }, () =>
      rng.uniform() < probability ? 0 : 1 / (1 - probability),
    );
    expect(noise['mask']?.dataSync()).toEqual(expected);
    expect(noise['mask']?.shape).toEqual([20, 50]);
    noise['mask']?.dispose();
  },
);

test('uniform noise is that of the generator', () => {
  const noise = drawNoise(
    [{ name: 'u', kind: 'uniform', shape: () => [2, 3] }],
    { steps: 1, size: 1 },
    1,
    () => Rng.from(4),
  );
  const rng = Rng.from(4);
  expect(noise['u']?.dataSync()).toEqual(Float32Array.from({ length: 6 }, () => rng.uniform()));
  noise['u']?.dispose();
});

test('a name that no option plans is an error, with and without noise; one that drops nothing is none', () => {
  const plans = dropoutPlan('state', 0, () => [1]);
  const drawn = drawNoise(plans, { steps: 1, size: 1 }, 1, () => Rng.from(4));
  expect(drawn).toEqual({});
  expect(noiseOf(drawn, plans, 'state')).toBeNull();
  for (const noise of [null, {}]) {
    expect(() => noiseOf(noise, plans, 'stats')).toThrow('no noise "stats" (it plans state)');
  }
});

test('noise that is planned must be there', () => {
  const plans = dropoutPlan('state', 0.5, () => [1]);
  expect(noiseOf(null, plans, 'state')).toBeNull();
  expect(() => noiseOf({}, plans, 'state')).toThrow('no noise "state"; draw what');
});
