import { expect, test } from 'vitest';
import { DecodeSpec } from './decode-spec.js';

test('a length penalty is bounded, so that its powers stay finite', () => {
  const isTaken = (lengthPenalty: object) => DecodeSpec.safeParse({ lengthPenalty }).success;
  expect(isTaken({ alpha: 10, beta: 100 })).toBe(true);
  expect(isTaken({ alpha: 10.5 })).toBe(false);
  expect(isTaken({ beta: 100.5 })).toBe(false);
});
