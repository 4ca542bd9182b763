import { expect, test } from 'vitest';
import { nameNumbers } from './index.js';

test.each([
  [[3], 'trial 3'],
  [[1, 2], 'trials 1 and 2'],
  [[4, 5, 6], 'trials 4 to 6'],
  [[3, 5, 13, 14, 15], 'trials 3, 5 and 13 to 15'],
])('%j are named %j', (numbers, words) => {
  expect(nameNumbers('trial', numbers)).toBe(words);
});
