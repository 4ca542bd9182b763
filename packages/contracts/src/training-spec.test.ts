import { expect, test } from 'vitest';
import { trainingKey } from './keys.js';
import { OptimizerSpec, TrainingSpec } from './training-spec.js';

test.each(['beta1', 'beta2'])('%s stays below 1, where Adam would divide by zero', (name) => {
  expect(OptimizerSpec.safeParse({ [name]: 0.9999 }).success).toBe(true);
  expect(OptimizerSpec.safeParse({ [name]: 0 }).success).toBe(true);
  expect(OptimizerSpec.safeParse({ [name]: 1 }).error?.issues[0]).toMatchObject({ path: [name] });
});

test('epsilon is no number that float32 has not', () => {
  expect(OptimizerSpec.safeParse({ epsilon: 1e-30 }).success).toBe(true);
  expect(OptimizerSpec.safeParse({ epsilon: 1e-46 }).error?.issues[0]).toMatchObject({
    path: ['epsilon'],
    message: 'Too small: expected number to be >=1e-30',
  });
});

test('weight decay is off by default, and 0 leaves the key of before', () => {
  const inputs = { datasetDigest: 'a'.repeat(64), encoderDigest: null, vectorsDigest: null };
  const keyOf = (optimizer: object) => {
    const spec = { dataset: 'scenes', encoder: { kind: 'scenes-cnn' }, optimizer };
    return trainingKey(TrainingSpec.parse(spec), inputs);
  };
  const kept = '147db2446092bf86a1b8edecf2e07c5f5543c8651a6028fa3d3fddffbcbd9c44';
  expect(keyOf({})).toBe(kept);
  expect(keyOf({ weightDecay: 0 })).toBe(kept);
  expect(keyOf({ weightDecay: 1e-4 })).not.toBe(kept);
});
