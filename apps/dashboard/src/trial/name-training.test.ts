import { expect, test } from 'vitest';
import { nameTraining } from './name-training';

const START = { seed: 2, isSelfCritical: false };
const REWARDED = { seed: 2, isSelfCritical: true };
const OTHER = { seed: 3, isSelfCritical: false };

test('a training is named by what tells it from the others of its trial', () => {
  expect(nameTraining(START, [START])).toBe('');
  expect(nameTraining(START, [START, OTHER])).toBe('seed 2');
  expect(nameTraining(START, [START, REWARDED])).toBe('cross-entropy');
  expect(nameTraining(REWARDED, [START, REWARDED, OTHER])).toBe('seed 2, self-critical');
});
