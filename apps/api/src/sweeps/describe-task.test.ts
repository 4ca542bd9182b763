import { expect, test } from 'vitest';
import { describeTask } from './describe-task.js';

const assignment = {
  'model.attention.kind': 'mlp',
  'model.weightNorm': true,
  'model.concatGlobal': false,
  'model.hidden': 64,
  'decode.beam': 5,
};

test('a training is named by what can change its weights', () => {
  expect(
    describeTask({ kind: 'training', number: 3, assignment, isStart: false, seed: null }),
  ).toBe('training 3: mlp, weightNorm, hidden 64');
});

test('an evaluation is named with its decoding and, among several, its seed', () => {
  expect(describeTask({ kind: 'evaluation', number: 7, assignment, isStart: false, seed: 2 })).toBe(
    'evaluation 7: mlp, weightNorm, hidden 64, beam 5, seed 2',
  );
});

test('features are named by the encoder only', () => {
  expect(describeTask({ kind: 'features', number: 1, assignment, isStart: false, seed: 2 })).toBe(
    'features',
  );
});

test('what has no name is called by what would be named', () => {
  const vectors = { 'model.vectors.name': null, 'model.vectors.trainFrom': 100 };
  expect(
    describeTask({ kind: 'training', number: 1, assignment: vectors, isStart: false, seed: null }),
  ).toBe('training 1: vectors none, trainFrom 100');
});

test('what a self-critical training starts from is named by how it is trained', () => {
  const critical = { 'model.attention.kind': 'mlp', 'schedule.selfCritical.epochs': 5 };
  const place = { kind: 'training', number: 1, assignment: critical, seed: 2 } as const;
  expect(describeTask({ ...place, isStart: true })).toBe('training 1: mlp, cross-entropy, seed 2');
  expect(describeTask({ ...place, isStart: false })).toBe('training 1: mlp, epochs 5, seed 2');
});
