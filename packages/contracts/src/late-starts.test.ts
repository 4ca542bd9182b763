import { expect, test } from 'vitest';
import { expandSweep } from './expand-sweep.js';
import { SweepSpec } from './sweep-spec.js';
import { TrainingSpec } from './training-spec.js';
import { faultsOfLateStarts } from './late-starts.js';

const encoderWith = (layers: number, afterStep: number) => ({
  kind: 'plan',
  name: 'mobilenet',
  fineTune: { layers, afterStep },
});

function faultsOf(changes: object, schedule: object = { maxSteps: 100 }): unknown {
  const encoder = encoderWith(0, 0);
  const spec = TrainingSpec.parse({ dataset: 'coco', encoder, schedule, ...changes });
  return faultsOfLateStarts(spec).map(({ path, value }) => [path, value]);
}

const LATE = [['encoder.fineTune.afterStep', '100']];

test('layers that would be trained after the last update are a fault', () => {
  expect(faultsOf({ encoder: encoderWith(7, 99) })).toEqual([]);
  expect(faultsOf({ encoder: encoderWith(7, 100) })).toEqual(LATE);
  expect(faultsOf({ encoder: encoderWith(0, 100) })).toEqual([]);
});

test('so are vectors, but not those that are frozen or not there', () => {
  const vectors = (name: string | null, trainFrom: number | null) => ({
    model: { vectors: { name, trainFrom } },
  });
  expect(faultsOf(vectors('glove', 99))).toEqual([]);
  expect(faultsOf(vectors('glove', 100))).toEqual([['model.vectors.trainFrom', '100']]);
  expect(faultsOf(vectors('glove', null))).toEqual([]);
  expect(faultsOf(vectors(null, 100))).toEqual([]);
});

test('nothing is known without a last update, and a self-critical training trains them', () => {
  const late = { encoder: encoderWith(7, 100) };
  expect(faultsOf(late, { maxSteps: null })).toEqual([]);
  expect(faultsOf(late, { maxSteps: 100, selfCritical: { epochs: 1 } })).toEqual([]);
});

test('such a cell of a sweep is dropped with its remedy', () => {
  const base = { encoder: encoderWith(7, 100) };
  const grid = { 'schedule.maxSteps': [100, 101] };
  const { cells, dropped } = expandSweep(
    SweepSpec.parse({ name: 'x', dataset: 'coco', base, grid }),
  );
  expect(cells.map(({ assignment }) => assignment)).toEqual([{ 'schedule.maxSteps': 101 }]);
  expect(dropped.map(({ reason, message }) => `${reason}: ${message}`)).toEqual([
    'invalid: encoder.fineTune.afterStep is 100: schedule.maxSteps ends the training after 100 updates, so none comes after 100; give 99 or less',
  ]);
});

test.each([
  [{ increase: 0.1, everyEpochs: 2 }, 3, null],
  [{ increase: 0.1, everyEpochs: 3 }, 3, 'give 2 or less'],
  [{ increase: 0.1, everyEpochs: 5 }, 3, 'give 2 or less'],
  [{ increase: 0.1, everyEpochs: 1 }, 1, 'give schedule.maxEpochs 2 or more'],
  // Off.
  [{ increase: 0, everyEpochs: 5 }, 3, null],
  [{ increase: 0.1, maximum: 0, everyEpochs: 5 }, 3, null],
])(
  'scheduled sampling %j that begins after %i epochs: %s',
  (scheduledSampling, maxEpochs, remedy) => {
    const expected =
      remedy === null
        ? []
        : [
            {
              path: 'schedule.scheduledSampling.everyEpochs',
              value: String(scheduledSampling.everyEpochs),
              message: expect.stringMatching(`^schedule.maxEpochs ends .*; ${remedy}$`),
            },
          ];
    for (const selfCritical of [{}, { epochs: 1 }]) {
      const schedule = { maxEpochs, scheduledSampling, selfCritical };
      const encoder = encoderWith(0, 0);
      const spec = TrainingSpec.parse({ dataset: 'coco', encoder, schedule });
      expect(faultsOfLateStarts(spec)).toEqual(expected);
    }
  },
);

test('retrieval has no schedule', () => {
  const schedule = { maxEpochs: 1, scheduledSampling: { increase: 0.1 } };
  expect(faultsOf({ model: { decoder: 'retrieval' } }, schedule)).toEqual([]);
});
