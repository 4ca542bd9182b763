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
