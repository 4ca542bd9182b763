import { expect, test } from 'vitest';
import { describeReuse } from './reuse-text.js';

const NEW = {
  trials: 24,
  trainings: 8,
  newTrainings: 8,
  pendingTrainings: 0,
  reusedTrainings: 0,
  newEvaluations: 24,
  pendingEvaluations: 0,
  reusedEvaluations: 0,
  newFeatureSets: 1,
  pendingFeatureSets: 0,
  reusedFeatureSets: 0,
};

test('a first launch names trials and trainings only', () => {
  expect(describeReuse(NEW)).toBe('24 trials, 8 trainings');
});

test('a repeated launch says that everything is reused', () => {
  const again = {
    ...NEW,
    newTrainings: 0,
    reusedTrainings: 8,
    newEvaluations: 0,
    reusedEvaluations: 24,
    newFeatureSets: 0,
    reusedFeatureSets: 1,
  };

  expect(describeReuse(again)).toBe(
    '24 trials, 8 trainings; all 8 trainings reused; all 24 evaluations reused; the feature set reused',
  );
});

test('a part that is reused is told as a part', () => {
  expect(describeReuse({ ...NEW, newTrainings: 5, reusedTrainings: 3 })).toBe(
    '24 trials, 8 trainings; 3 of 8 trainings reused',
  );
});

test('work under way for an earlier sweep is not called reused', () => {
  const shared = { ...NEW, newTrainings: 0, pendingTrainings: 5, reusedTrainings: 3 };

  expect(describeReuse(shared)).toBe(
    '24 trials, 8 trainings; 3 of 8 trainings reused, 5 under way for an earlier sweep',
  );
  expect(describeReuse({ ...shared, pendingTrainings: 8, reusedTrainings: 0 })).toBe(
    '24 trials, 8 trainings; all 8 trainings under way for an earlier sweep',
  );
  expect(describeReuse({ ...NEW, newFeatureSets: 0, pendingFeatureSets: 1 })).toBe(
    '24 trials, 8 trainings; the feature set under way for an earlier sweep',
  );
});
