import { LossNotFiniteError } from '@capgrid/models';
import { DataError } from '@capgrid/data';
import { expect, it } from 'vitest';
import { describeFailure } from './describe-failure.js';

it('keeps code and step of a typed error', () => {
  expect(describeFailure(new LossNotFiniteError(1840, Number.NaN))).toMatchObject({
    code: 'loss-not-finite',
    isRetryable: false,
    step: 1840,
  });
});

it('keeps the message of a typed error, which says what to do', () => {
  const error = new DataError('object-missing', 'no object abc. Import it again.');
  expect(describeFailure(error)).toEqual({
    code: 'object-missing',
    message: 'no object abc. Import it again.',
    isRetryable: false,
    step: null,
  });
});

it('turns the codes of the system into codes of a failure', () => {
  const error = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  expect(describeFailure(error)).toMatchObject({ code: 'emfile', isRetryable: true });
});

it('knows an allocation that failed', () => {
  const error = new RangeError('Array buffer allocation failed');
  expect(describeFailure(error)).toMatchObject({ code: 'out-of-memory', isRetryable: false });
});

it('shows where an unforeseen error came from', () => {
  const failure = describeFailure(new TypeError('x is not a function'));
  expect(failure.code).toBe('unexpected-error');
  expect(failure.message).toContain('describe-failure.test');
});
