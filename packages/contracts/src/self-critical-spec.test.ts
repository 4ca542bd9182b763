import { expect, test } from 'vitest';
import { DecodeSpec } from './decode-spec.js';
import { SelfCriticalSpec } from './self-critical-spec.js';
import { toSpecIssue } from './spec-issue.js';

const isAllowed = (spec: object): boolean => SelfCriticalSpec.safeParse(spec).success;

test('something must be rewarded where captions are drawn', () => {
  const nothing = { ciderDWeight: 0, bleu4Weight: 0, entropyWeight: 0 };
  expect(isAllowed({ epochs: 1, ...nothing })).toBe(false);
  expect(isAllowed({ epochs: 0, ...nothing })).toBe(true);
  for (const one of ['ciderDWeight', 'bleu4Weight', 'entropyWeight']) {
    expect(isAllowed({ epochs: 1, ...nothing, [one]: 0.1 })).toBe(true);
  }
});

test('a fault of several options shows the value of the one that it names', () => {
  const nothing = { epochs: 1, ciderDWeight: 0 };
  const { error } = SelfCriticalSpec.safeParse(nothing, { reportInput: true });
  expect(error?.issues.map(toSpecIssue)).toEqual([
    {
      path: 'ciderDWeight',
      value: '0',
      message: 'nothing is rewarded: give ciderDWeight, bleu4Weight or entropyWeight more than 0',
    },
  ]);
});

test('samples that are compared with each other are two or more', () => {
  expect(isAllowed({ epochs: 1, samples: 1, baseline: 'leave-one-out' })).toBe(false);
  expect(isAllowed({ epochs: 1, samples: 1, baseline: 'greedy' })).toBe(true);
});

test.each([0, 0.009, 101])(
  'a temperature of %d is none, in training and decoding',
  (temperature) => {
    expect(isAllowed({ temperature })).toBe(false);
    expect(DecodeSpec.safeParse({ temperature }).success).toBe(false);
  },
);

test.each([0.01, 100])('a temperature of %d is one, in training and decoding', (temperature) => {
  expect(isAllowed({ temperature })).toBe(true);
  expect(DecodeSpec.safeParse({ temperature }).success).toBe(true);
});
