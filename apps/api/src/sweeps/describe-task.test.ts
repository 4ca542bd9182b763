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
  expect(describeTask({ kind: 'training', number: 3, assignment, seed: null })).toBe(
    'training 3: mlp, weightNorm, hidden 64',
  );
});

test('an evaluation is named with its decoding and, among several, its seed', () => {
  expect(describeTask({ kind: 'evaluation', number: 7, assignment, seed: 2 })).toBe(
    'evaluation 7: mlp, weightNorm, hidden 64, beam 5, seed 2',
  );
});

test('features are named by the encoder only', () => {
  expect(describeTask({ kind: 'features', number: 1, assignment, seed: 2 })).toBe('features');
});

test('what has no name is called by what would be named', () => {
  const vectors = { 'model.vectors.name': null, 'model.vectors.trainFrom': 100 };
  expect(describeTask({ kind: 'training', number: 1, assignment: vectors, seed: null })).toBe(
    'training 1: vectors none, trainFrom 100',
  );
});
