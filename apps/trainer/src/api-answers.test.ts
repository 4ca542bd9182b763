import { ApiError, type Problem } from '@capgrid/contracts';
import { expect, it } from 'vitest';
import { backOff, refusalOf } from './api-answers.js';

function answer(status: number): ApiError {
  const problem: Problem = { type: 'about:blank', title: 't', status, detail: 'd', code: 'c' };
  return new ApiError(status, 'c', 'd', problem);
}

it.each([
  [409, 'stale'],
  [404, 'stale'],
  [400, 'rejected'],
  [403, 'rejected'],
  [429, 'unreachable'],
  [503, 'unreachable'],
] as const)('a problem with status %i means %s', (status, refusal) => {
  expect(refusalOf(answer(status))).toBe(refusal);
});

it('a 404 that no API wrote may go away', () => {
  expect(refusalOf(new ApiError(404, 'unexpected-answer', 'nginx', null))).toBe('unreachable');
});

it('a timeout may go away, a mistake of the program does not', () => {
  expect(refusalOf(new DOMException('late', 'TimeoutError'))).toBe('unreachable');
  expect(refusalOf(new RangeError('no'))).toBe('rejected');
});

it('waits double and then stay the same', () => {
  const waits = backOff(100, 500);
  expect([1, 2, 3, 4, 5].map(() => waits.next().value)).toEqual([100, 200, 400, 500, 500]);
});
