import { expect, test } from 'vitest';
import { trainingKey } from '../keys.js';
import { TrainingSpec } from '../training-spec.js';
import { DECODER_KINDS, ModelSpec } from './model-spec.js';

function key(
  decoder: string,
  options: object = {},
  encoder: object = { kind: 'scenes-cnn' },
): string {
  const spec = { dataset: 'scenes', encoder, model: { decoder, ...options } };
  return trainingKey(TrainingSpec.parse(spec), {
    datasetDigest: null,
    encoderDigest: null,
    vectorsDigest: null,
  });
}

const HARD = { locations: 'hard' };
const DOT = { attention: { kind: 'dot' } };

test.each([
  ['show-attend-tell', {}, { hard: { rewardWeight: 1 } }],
  ['show-attend-tell', {}, { global: 'paper', regionNorm: 'l2' }],
  [
    'show-attend-tell',
    { doublyStochastic: { weight: 0 } },
    { doublyStochastic: { weight: 0, over: 'mean' } },
  ],
  ['tanh-rnn', DOT, { ...DOT, hard: { rewardWeight: 1 } }],
  ['adaptive', { global: 'none' }, { global: 'none', globalInMemory: true }],
  ['up-down', {}, { global: 'code', regionNorm: 'l2' }],
  ['up-down', { global: 'none' }, { global: 'none', globalInMemory: true }],
  [
    'show-attend-tell',
    { projectsRegions: true, global: 'none' },
    { projectsRegions: true, global: 'none', globalInMemory: false },
  ],
  // A global descriptor that nothing reads.
  ['sat', { global: 'none' }, { global: 'paper', globalInMemory: false }],
  ['fcn', { global: 'none' }, { global: 'code', globalInMemory: false }],
  [
    'arnn',
    { concatGlobal: false, global: 'none' },
    { concatGlobal: false, global: 'code', globalInMemory: false },
  ],
  [
    'tanh-rnn',
    { attention: { kind: 'dot' } },
    { attention: { kind: 'dot' }, global: 'code', globalInMemory: false },
  ],
  ['arnn', { featureNorm: 'l2' }, { featureNorm: 'l2', featureScale: 3 }],
  ['arnn', {}, { maskPadding: false }],
  ['nic', {}, { maskPadding: false }],
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
  ['arnn', { global: 'none' }, { global: 'code', globalInMemory: false }],
  [
    'arnn',
    { concatGlobal: false, initialState: 'last', global: 'none' },
    { concatGlobal: false, initialState: 'last', global: 'code', globalInMemory: false },
  ],
  ['arnn', { featureNorm: 'layernorm' }, { featureNorm: 'layernorm', featureScale: 3 }],
  ['tanh-rnn', DOT, { ...DOT, ...HARD }],
  ['tanh-rnn', { ...DOT, ...HARD }, { ...DOT, ...HARD, hard: { rewardWeight: 1 } }],
  ['adaptive', {}, { sentinel: false }],
  ['adaptive', {}, { globalInMemory: true }],
  ['up-down', {}, { global: 'none' }],
  ['up-down', { projectsRegions: true }, { projectsRegions: true, global: 'code' }],
])('%s with %j is another training with %j', (decoder, options, others) => {
  expect(key(decoder, others)).not.toBe(key(decoder, options));
});

test('padding is masked or not where the encoder is features, which can have any', () => {
  const encoder = { kind: 'features', name: 'detector' };
  expect(key('arnn', { maskPadding: false }, encoder)).not.toBe(key('arnn', {}, encoder));
  const plan = { kind: 'plan', name: 'mobilenet' };
  expect(key('arnn', { maskPadding: false }, plan)).toBe(key('arnn', {}, plan));
});

const UNEQUAL = { hidden: 16, embed: 8, tieEmbedding: true };

test.each(['arnn', 'fcn', 'nic', 'tanh-rnn', 'adaptive', 'up-down'])(
  '%s cannot tie an embedding of another width',
  (decoder) => {
    const { error } = ModelSpec.safeParse({ decoder, ...UNEQUAL });
    expect(error?.issues).toMatchObject([
      {
        path: ['tieEmbedding'],
        message: 'model.embed (8) must be model.hidden (16) where one matrix is both',
      },
    ]);
    expect(ModelSpec.safeParse({ decoder, ...UNEQUAL, embed: 16 }).success).toBe(true);
  },
);

test('a deep output is as wide as the embedding, whatever the state', () => {
  const spec = { decoder: 'show-attend-tell', ...UNEQUAL };
  expect(ModelSpec.safeParse(spec).success).toBe(true);
  expect(ModelSpec.safeParse({ ...spec, deepOutput: false }).success).toBe(false);
});

test.each(DECODER_KINDS.filter((kind) => kind !== 'retrieval'))(
  '%s refuses a dropout that leaves nothing',
  (decoder) => {
    expect(ModelSpec.safeParse({ decoder, dropout: 1 }).success).toBe(false);
    expect(ModelSpec.safeParse({ decoder, dropout: 0.99 }).success).toBe(true);
  },
);

test('one region of none is refused with a remedy', () => {
  const parsed = ModelSpec.safeParse({ decoder: 'tanh-rnn', ...HARD });
  expect(parsed.error?.issues).toMatchObject([
    { path: ['locations'], message: expect.stringMatching(/choose "dot" or leave this "soft"/) },
  ]);
});
