/** What happens when a result of finished work is gone from the store. */
import { callApi, routes, type Sweep, type TaskResult } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  claim,
  claimTraining,
  fail,
  finish,
  finishAll,
  queuedTasks,
} from '../testing/fake-trainer.js';
import { launchScenes, resultOf, sha256Of } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let sweep: Sweep;
beforeEach(async () => {
  api = await startTestApi();
  sweep = await launchScenes(api);
});
afterEach(() => api.close());

const retry = (): Promise<Sweep> =>
  callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });

test.each(['object-missing', 'object-corrupt'])(
  'after %s a retry computes again what the object was the result of',
  async (code) => {
    const training = await claimTraining(api);
    const [other = ''] = await queuedTasks(api);
    await finish(api, training);
    const evaluation = (await queuedTasks(api)).find((id) => id !== other) ?? '';
    const message = `object ${weightsOf(resultOf(training))} is gone`;
    await fail(api.client, await claim(api.client, evaluation), {
      code,
      message,
      isRetryable: false,
    });
    await retry();
    expect(await queuedTasks(api)).not.toContain(evaluation);
    await finish(api, await claim(api.client, training.taskId));
    expect(await queuedTasks(api)).toContain(evaluation);
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 4 });
  },
);

test('an object that is nobody’s result leaves finished work as it is', async () => {
  const training = await claimTraining(api);
  const [other = ''] = await queuedTasks(api);
  await finish(api, training);
  const evaluation = (await queuedTasks(api)).find((id) => id !== other) ?? '';
  await fail(api.client, await claim(api.client, evaluation), {
    code: 'object-missing',
    message: `object ${sha256Of('an image')} is gone`,
    isRetryable: false,
  });
  await retry();
  expect(await queuedTasks(api)).toContain(evaluation);
  await expect(claim(api.client, training.taskId)).rejects.toMatchObject({
    code: 'task-not-claimable',
  });
});

function weightsOf(result: TaskResult): string {
  return result.kind === 'training' ? result.weightsSha256 : '';
}
