/** The duration of a training is that of the attempts whose work is in it. */
import { rm } from 'node:fs/promises';
import { callApi, routes, type Claim, type Sweep } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  claim,
  claimTraining,
  expire,
  fail,
  finish,
  pushCheckpoint,
  pushPoints,
  queuedTasks,
  reap,
} from '../testing/fake-trainer.js';
import { launchScenes, resultOf, storedPath } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let sweep: Sweep;
beforeEach(async () => {
  api = await startTestApi();
  sweep = await launchScenes(api);
});
afterEach(() => api.close());

const durationMs = async (taskId: string): Promise<number | null> => {
  const [row]: { id: string }[] = await api.database.query(
    'SELECT id FROM trainings WHERE task_id = $1',
    [taskId],
  );
  const params = { trainingId: row?.id ?? '' };
  return (await callApi(api.client, routes.getTraining, { params })).durationMs;
};

async function loseAfter(claimed: Claim, seconds: number): Promise<void> {
  await expire(api, claimed);
  await reap(api);
  await api.database.query(
    `UPDATE attempts SET started_at = lease_until - interval '${seconds} s' WHERE id = $1`,
    [claimed.attemptId],
  );
}

async function finishAfter(claimed: Claim, seconds: number): Promise<void> {
  await finish(api, claimed, seconds * 1000);
  await api.database.query(
    `UPDATE attempts SET started_at = ended_at - interval '${seconds} s',
       lease_until = ended_at + interval '1 s' WHERE id = $1`,
    [claimed.attemptId],
  );
}

test('attempts count from the last one that was given no checkpoint', async () => {
  const first = await claimTraining(api);
  await loseAfter(first, 500);
  const second = await claim(api.client, first.taskId);
  await pushCheckpoint(api.client, second, 20);
  await loseAfter(second, 90);
  await finish(api, await claim(api.client, first.taskId), 1500);
  expect(await durationMs(first.taskId)).toBe(91_500);
});

test('attempts before one that could not read its checkpoint do not count', async () => {
  const first = await claimTraining(api);
  await pushPoints(api.client, first, [1, 10, 20]);
  await pushCheckpoint(api.client, first, 20);
  await loseAfter(first, 500);
  const second = await claim(api.client, first.taskId);
  await pushPoints(api.client, second, [1, 10, 20]);
  await pushCheckpoint(api.client, second, 20);
  await loseAfter(second, 90);
  const third = await claim(api.client, first.taskId);
  await pushPoints(api.client, third, [30, 40]);
  await finish(api, third, 1500);
  expect(await durationMs(first.taskId)).toBe(91_500);
});

test.each([
  { how: 'goes on from it', steps: [70, 80], expected: 1_202_000 },
  { how: 'begins at step 0', steps: [1, 10], expected: 2000 },
])('the attempt that finished counts where one for a lost result $how', async (again) => {
  const first = await claimTraining(api);
  const [other = ''] = await queuedTasks(api);
  await pushPoints(api.client, first, [1, 60]);
  await pushCheckpoint(api.client, first, 60);
  await finishAfter(first, 1200);
  const evaluation = (await queuedTasks(api)).find((id) => id !== other) ?? '';
  await fail(api.client, await claim(api.client, evaluation), { isRetryable: false });
  const result = resultOf(first);
  await rm(storedPath(api, result.kind === 'training' ? result.weightsSha256 : ''));
  await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
  const second = await claim(api.client, first.taskId);
  await pushPoints(api.client, second, again.steps);
  await finish(api, second, 2000);
  expect(await durationMs(first.taskId)).toBe(again.expected);
});
