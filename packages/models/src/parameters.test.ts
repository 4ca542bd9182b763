import { scalar } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { weightOf } from './parameters.js';
import { startTestEngine } from './testing/test-engine.js';

beforeAll(async () => {
  await startTestEngine();
});

test('an absent weight is named beside a few that are there', () => {
  const weightsOf = (count: number) =>
    new Map(Array.from({ length: count }, (_, i) => [`w${i}`, scalar(i)]));
  const few = weightsOf(5);
  const many = weightsOf(70);
  expect(() => weightOf(few, 'head')).toThrow('no array "head" (they have w0, w1, w2, w3, w4).');
  expect(() => weightOf(many, 'head')).toThrow('(they have w0, w1, w2, w3, w4 and 65 more).');
  for (const weight of [...few.values(), ...many.values()]) weight.dispose();
});
