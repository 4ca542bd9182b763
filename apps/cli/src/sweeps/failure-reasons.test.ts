import { Attempt } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { lastFailure, reasonLines } from './failure-reasons.js';

const NAN = { code: 'loss-not-finite', message: 'The loss became NaN' };
const CRASH = { code: 'child-crashed', message: 'signal SIGKILL' };

test('a reason is told once with all trials that it ended', () => {
  const lines = reasonLines([
    { number: 1, failure: NAN },
    { number: 2, failure: CRASH },
    { number: 3, failure: NAN },
  ]);

  expect(lines).toEqual([
    'trials 1, 3 failed: loss-not-finite, The loss became NaN',
    'trial 2 failed: child-crashed, signal SIGKILL',
  ]);
});

test('of several attempts the failure of the last one counts', () => {
  const attempt = (number: number, failure: typeof NAN | null) =>
    Attempt.parse({
      id: `a${number}`,
      taskId: 't',
      kind: 'training',
      number,
      status: failure === null ? 'lost' : 'failed',
      trainer: 'x',
      startedAt: `2026-01-01T00:0${number}:00.000Z`,
      endedAt: null,
      failure: failure === null ? null : { ...failure, isRetryable: true, step: null },
    });

  const attempts = [attempt(3, null), attempt(2, NAN), attempt(1, CRASH)];
  expect(lastFailure(attempts)).toMatchObject(NAN);
  expect(lastFailure([attempt(1, null)])).toBeNull();
});
