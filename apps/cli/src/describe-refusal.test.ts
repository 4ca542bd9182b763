import { ApiError, type Problem } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { describeRefusal, isBadRequest } from './describe-refusal.js';

function refusal(problem: Pick<Problem, 'code' | 'detail' | 'status' | 'issues'>): ApiError {
  const whole: Problem = { type: 'urn:capgrid:problem:x', title: 'Bad request', ...problem };
  return new ApiError(problem.status, problem.code, problem.detail, whole);
}

test('what no single fault says stands before the faults', () => {
  const error = refusal({
    code: 'no-valid-cells',
    detail: 'All 2 cells of the sweep were dropped; change what the reasons name.',
    status: 400,
    issues: [{ path: 'spec', value: null, message: 'matches the exclude rule decode.beam=3' }],
  });
  expect(describeRefusal(error)).toBe(
    'the API refuses this: All 2 cells of the sweep were dropped; change what the reasons name.\n  spec: matches the exclude rule decode.beam=3',
  );
  expect(isBadRequest(error)).toBe(true);
});

test('a detail that only repeats a fault is left out', () => {
  const message = 'there is no dataset "x"; there is scenes';
  const error = refusal({
    code: 'unknown-dataset',
    detail: `spec.dataset: ${message}`,
    status: 400,
    issues: [{ path: 'spec.dataset', value: '"x"', message }],
  });
  expect(describeRefusal(error)).toBe(`the API refuses this:\n  spec.dataset is "x": ${message}`);
});

test.each([
  ['sweep-too-large', 400, true],
  ['sweep-not-found', 404, false],
  ['internal-error', 500, false],
])('%s (HTTP %d) is told by its detail; a fault of what was given: %s', (code, status, isBad) => {
  const error = refusal({ code, detail: 'the sweep has 20200 cells or more', status });
  expect(describeRefusal(error)).toBe('the sweep has 20200 cells or more');
  expect(isBadRequest(error)).toBe(isBad);
});

test('no answer is no fault of what was given', () => {
  const error = new ApiError(null, 'unreachable', 'no answer', null);
  expect(describeRefusal(error)).toBe('no answer');
  expect(isBadRequest(error)).toBe(false);
});
