/** Options that change nothing beside others make no training of their own. */
import { expect, test } from 'vitest';
import { trainingAsRead, trainingKey } from './keys.js';
import { TrainingSpec } from './training-spec.js';

const inputs = { datasetDigest: 'a'.repeat(64), encoderDigest: null, vectorsDigest: null };

/** How many trainings the specs are. */
function count(specs: readonly object[]): number {
  const trainings = specs.map((spec) =>
    TrainingSpec.parse({ dataset: 'scenes', encoder: { kind: 'scenes-cnn' }, ...spec }),
  );
  const keys = new Set(trainings.map((training) => trainingKey(training, inputs)));
  const forms = new Set(trainings.map((training) => JSON.stringify(trainingAsRead(training))));
  expect(forms.size).toBe(keys.size);
  return keys.size;
}

test('scheduled sampling of which the maximum is 0 is off', () => {
  const sampling = (scheduledSampling: object) => ({ schedule: { scheduledSampling } });
  expect(count([{}, sampling({ increase: 0.1, maximum: 0 })])).toBe(1);
  expect(count([{}, sampling({ increase: 0.1 })])).toBe(2);
});

test('when a rate falls by nothing makes no difference where nothing goes back', () => {
  const patient = (plateau: object) =>
    [1, 2, 3].map((patience) => ({ schedule: { plateau: { ...plateau, patience } } }));
  expect(count(patient({ factor: 1 }))).toBe(1);
  expect(count(patient({ factor: 0.9 }))).toBe(3);
  expect(count(patient({ factor: 1, weights: 'best' }))).toBe(3);
  expect(count(patient({ factor: 1, moments: 'best' }))).toBe(3);
  expect(count(patient({ factor: 1, moments: 'zero' }))).toBe(3);
});

test.each([{ decoder: 'show-attend-tell' }, { decoder: 'tanh-rnn', attention: { kind: 'dot' } }])(
  'a reward of regions that are not drawn is none: %j',
  (family) => {
    const hard = (options: object) => ({ model: { ...family, locations: 'hard', hard: options } });
    const all = [{}, { rewardWeight: 1 }, { baselineDecay: 0.5 }, { cost: 'sum' }];
    expect(count(all.map((options) => hard(options)))).toBe(4);
    expect(count(all.map((options) => hard({ ...options, sampledShare: 0 })))).toBe(1);
    expect(count(all.slice(2).map((options) => hard({ ...options, rewardWeight: 0 })))).toBe(1);
    const others = [{}, { entropyWeight: 1 }, { inverseTemperature: 2 }, { atTest: 'argmax' }];
    expect(count(others.map((options) => hard({ ...options, sampledShare: 0 })))).toBe(4);
    expect(count([0, 0.5].map((sampledShare) => hard({ sampledShare, rewardWeight: 0 })))).toBe(2);
  },
);
