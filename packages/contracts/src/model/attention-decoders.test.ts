import { expect, test } from 'vitest';
import { trainingKey } from '../keys.js';
import { TrainingSpec } from '../training-spec.js';

function key(decoder: string, options: object = {}): string {
  const encoder = { kind: 'scenes-cnn' };
  const spec = { dataset: 'scenes', encoder, model: { decoder, ...options } };
  return trainingKey(TrainingSpec.parse(spec), {
    datasetDigest: null,
    encoderDigest: null,
    vectorsDigest: null,
  });
}

const HARD = { locations: 'hard' };

test.each([
  ['show-attend-tell', {}, { hard: { rewardWeight: 1 } }],
  ['show-attend-tell', {}, { global: 'paper', regionNorm: 'l2' }],
  [
    'show-attend-tell',
    { doublyStochastic: { weight: 0 } },
    { doublyStochastic: { weight: 0, over: 'mean' } },
  ],
  ['adaptive', { global: 'none' }, { global: 'none', globalInMemory: true }],
  ['up-down', {}, { global: 'code', regionNorm: 'l2' }],
  ['up-down', { global: 'none' }, { global: 'none', globalInMemory: true }],
])('%s with %j: %j says nothing more', (decoder, options, more) => {
  expect(key(decoder, more)).toBe(key(decoder, options));
});

test.each([
  ['show-attend-tell', HARD, { ...HARD, hard: { rewardWeight: 1 } }],
  [
    'show-attend-tell',
    { projectsRegions: true },
    { projectsRegions: true, global: 'paper', regionNorm: 'l2' },
  ],
  ['adaptive', {}, { sentinel: false }],
  ['adaptive', {}, { globalInMemory: true }],
  ['up-down', {}, { global: 'none' }],
  ['up-down', { projectsRegions: true }, { projectsRegions: true, global: 'code' }],
])('%s with %j is another training with %j', (decoder, options, others) => {
  expect(key(decoder, others)).not.toBe(key(decoder, options));
});
