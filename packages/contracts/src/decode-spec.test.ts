import { expect, test } from 'vitest';
import { decodeAsRead, DecodeSpec } from './decode-spec.js';

test('a length penalty is bounded, so that its powers stay finite', () => {
  const isTaken = (lengthPenalty: object) => DecodeSpec.safeParse({ lengthPenalty }).success;
  expect(isTaken({ alpha: 10, beta: 100 })).toBe(true);
  expect(isTaken({ alpha: 10.5 })).toBe(false);
  expect(isTaken({ beta: 100.5 })).toBe(false);
});

test.each([
  ['several captions of a beam', { beam: 5, nBest: 3 }, true],
  ['several draws', { method: 'sample', nBest: 3 }, true],
  ['one caption', { beam: 5 }, false],
  ['a beam of 1', { beam: 1, nBest: 3 }, false],
  ['greedy', { method: 'greedy', nBest: 3 }, false],
])('of %s there is something to rerank: %#', (_, changes, isReranked) => {
  const given = { neighbours: 25, agreeing: 9 };
  const { rerank } = decodeAsRead(DecodeSpec.parse({ ...changes, rerank: given }));
  expect(rerank).toEqual(isReranked ? given : { neighbours: 0, agreeing: null });
});

test('without neighbours no number of captions can agree', () => {
  const of = (rerank: object) => decodeAsRead(DecodeSpec.parse({ nBest: 3, rerank }));
  expect(of({ agreeing: 9 })).toEqual(of({}));
});
