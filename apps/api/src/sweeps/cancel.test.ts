import { callApi, routes, type Sweep } from '@capgrid/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  claimNext,
  claimTraining,
  fail,
  finish,
  finishAll,
  heartbeat,
  queuedTasks,
} from '../testing/fake-trainer.js';
import { launchScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let sweep: Sweep;
beforeEach(async () => {
  api = await startTestApi();
  sweep = await launchScenes(api);
});
afterEach(() => api.close());

/** Shares one training with the sweep. */
const launchOther = (): Promise<Sweep> => {
  const spec = sweepOf({ name: 'other', grid: { 'model.attention.kind': ['none'] } });
  return callApi(api.client, routes.launchSweep, { body: { spec } });
};
const reload = (): Promise<Sweep> =>
  callApi(api.client, routes.getSweep, { params: { sweepId: sweep.id } });

describe('cancel', () => {
  test('stops what waits at once and what runs with the next heartbeat', async () => {
    const running = await claimTraining(api);
    const cancelled = await callApi(api.client, routes.cancelSweep, {
      params: { sweepId: sweep.id },
    });
    expect(cancelled.progress.status).toBe('cancelled');
    expect(await queuedTasks(api)).toEqual([]);
    expect((await heartbeat(api.client, running)).command).toBe('cancel');
    const confirm = (): Promise<null> =>
      callApi(api.client, routes.cancelledAttempt, {
        params: { attemptId: running.attemptId },
        body: { token: running.token },
      });
    await confirm();
    await confirm();
    const after = await reload();
    expect(after.progress.trials).toMatchObject({ total: 4, cancelled: 4 });
    expect(after.finishedAt).not.toBeNull();
  });

  test('leaves alone what another live sweep wants', async () => {
    const running = await claimTraining(api);
    const other = await launchOther();
    await callApi(api.client, routes.cancelSweep, { params: { sweepId: sweep.id } });
    expect((await heartbeat(api.client, running)).command).toBe('continue');
    await finish(api, running);
    expect(await finishAll(api)).toEqual({ evaluation: 1 });
    const done = await callApi(api.client, routes.getSweep, { params: { sweepId: other.id } });
    expect(done.progress.status).toBe('finished');
  });

  test('stops a revived task although a sweep in which it had failed is over', async () => {
    await fail(api.client, await claimNext(api), { isRetryable: false });
    const other = await launchOther();
    expect(await queuedTasks(api)).toHaveLength(1);
    await callApi(api.client, routes.cancelSweep, { params: { sweepId: other.id } });
    expect(await queuedTasks(api)).toEqual([]);
    await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 4 });
  });

  test('leaves alone a revived task that another sweep has asked for since', async () => {
    await fail(api.client, await claimNext(api), { isRetryable: false });
    const other = await launchOther();
    await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    await callApi(api.client, routes.cancelSweep, { params: { sweepId: other.id } });
    expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 4 });
  });

  test('a task that is wanted again while its trainer stops is queued again', async () => {
    const running = await claimTraining(api);
    await callApi(api.client, routes.cancelSweep, { params: { sweepId: sweep.id } });
    expect((await heartbeat(api.client, running)).command).toBe('cancel');
    await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    await callApi(api.client, routes.cancelledAttempt, {
      params: { attemptId: running.attemptId },
      body: { token: running.token },
    });
    expect(await queuedTasks(api)).toContain(running.taskId);
    expect(await finishAll(api)).toEqual({ training: 2, evaluation: 4 });
  });
});
