import { expect, test } from 'vitest';
import { expandSweep } from './expand-sweep.js';
import { SweepSpec } from './sweep-spec.js';
import { TrainingSpec } from './training-spec.js';
import { faultsOfWaiting } from './untrained-weights.js';

const encoderWith = (layers: number, afterStep: number) => ({
  kind: 'plan',
  name: 'mobilenet',
  fineTune: { layers, afterStep },
});

function faultsOf(changes: object, schedule: object = { maxSteps: 100 }): unknown {
  const encoder = encoderWith(0, 0);
  const spec = TrainingSpec.parse({ dataset: 'coco', encoder, schedule, ...changes });
  return faultsOfWaiting(spec).map(({ path, value }) => [path, value]);
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
