import type { Attempt } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { whyNoCurves } from './why-missing';

const failed: Attempt = {
  id: 'att_1',
  taskId: 'tsk_1',
  kind: 'training',
  number: 1,
  status: 'failed',
  trainer: 'trainer-1@host',
  startedAt: '2026-11-21T08:12:00.000Z',
  endedAt: '2026-11-21T08:12:09.000Z',
  failure: { code: 'loss-not-finite', message: 'NaN', isRetryable: false, step: 3 },
};

test('a training that failed says by what, one that never began says so', () => {
  const attempts = [failed];
  expect(whyNoCurves({ taskId: 'tsk_1', status: 'failed' }, attempts)).toMatch(/loss-not-finite/);
  expect(whyNoCurves({ taskId: 'tsk_2', status: 'failed' }, attempts)).toMatch(/never began/);
});

test('only a training that is still to come promises curves', () => {
  const promising = (
    ['waiting', 'queued', 'running', 'finished', 'failed', 'cancelled'] as const
  ).filter((status) => whyNoCurves({ taskId: 'tsk_1', status }, []).includes('appear'));
  expect(promising).toEqual(['waiting', 'queued', 'running']);
});
