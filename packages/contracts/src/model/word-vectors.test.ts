import { describe, expect, test } from 'vitest';
import { expandSweep } from '../expand-sweep.js';
import { featureKey, trainingKey, type ResolvedInputs } from '../keys.js';
import { SweepSpec } from '../sweep-spec.js';
import { TrainingSpec } from '../training-spec.js';
import { DECODER_KINDS, ModelSpec, vectorsOf } from './model-spec.js';

const UNKNOWN: ResolvedInputs = { datasetDigest: null, encoderDigest: null, vectorsDigest: null };
const KNOWN: ResolvedInputs = { ...UNKNOWN, vectorsDigest: 'a'.repeat(64) };

function specOf(vectors: object, model: object = {}): TrainingSpec {
  const encoder = { kind: 'scenes-cnn' };
  return TrainingSpec.parse({ dataset: 'scenes', encoder, model: { ...model, vectors } });
}

test('every decoder that learns can start from word vectors, which are trained always by default', () => {
  for (const decoder of DECODER_KINDS) {
    const vectors = vectorsOf(ModelSpec.parse({ decoder, vectors: { name: 'glove' } }));
    expect(vectors).toEqual(decoder === 'retrieval' ? null : { name: 'glove', trainFrom: 0 });
    expect(vectorsOf(ModelSpec.parse({ decoder }))).toBeNull();
  }
});

test.each([
  { name: '' },
  { name: 'glove', trainFrom: -1 },
  { name: 'glove', trainFrom: 0.5 },
  { file: 'glove.txt' },
])('%j is refused', (vectors) => {
  expect(ModelSpec.safeParse({ vectors }).success).toBe(false);
});

describe('the key of a training', () => {
  test('reads nothing of vectors without a name', () => {
    const key = trainingKey(specOf({}), UNKNOWN);
    expect(trainingKey(specOf({ trainFrom: null }), UNKNOWN)).toBe(key);
    expect(trainingKey(specOf({ trainFrom: 7 }), KNOWN)).toBe(key);
    expect(trainingKey(specOf({ name: 'glove' }), UNKNOWN)).not.toBe(key);
  });

  test('tells when vectors are trained', () => {
    const keys = [0, 7, null].map((trainFrom) =>
      trainingKey(specOf({ name: 'glove', trainFrom }), KNOWN),
    );
    expect(new Set(keys).size).toBe(3);
  });

  test('has the content of vectors, and their name only while that is not known', () => {
    const keyOf = (name: string, inputs = KNOWN) => trainingKey(specOf({ name }), inputs);
    expect(keyOf('copy')).toBe(keyOf('glove'));
    expect(keyOf('glove', { ...KNOWN, vectorsDigest: 'b'.repeat(64) })).not.toBe(keyOf('glove'));
    expect(keyOf('copy', UNKNOWN)).not.toBe(keyOf('glove', UNKNOWN));
  });

  test('of features knows nothing of vectors', () => {
    const { dataset, encoder } = specOf({ name: 'glove' });
    const set = { dataset, encoder, limit: null };
    expect(featureKey(set, KNOWN)).toBe(featureKey(set, UNKNOWN));
  });
});

test('a sweep over vectors has the cell without them once', () => {
  const spec = SweepSpec.parse({
    name: 'vectors',
    dataset: 'scenes',
    base: { encoder: { kind: 'scenes-cnn' } },
    grid: { 'model.vectors.name': [null, 'glove'], 'model.vectors.trainFrom': [0, 100, null] },
  });
  const { cells, dropped } = expandSweep(spec);
  expect(cells.map(({ assignment }) => Object.values(assignment))).toEqual([
    // Nothing starts from vectors, so nothing waits.
    [null],
    ['glove', 0],
    ['glove', 100],
    ['glove', null],
  ]);
  expect(dropped.map(({ reason }) => reason)).toEqual(['duplicate', 'duplicate']);
});
