/** A sweep with a decoder that learns nothing, from its launch to its scores. */
import { callApi, routes, type TaskResult } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimNext, finish } from '../testing/fake-trainer.js';
import { registerScenes, resultOf, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
});
afterAll(() => api.close());

test('seeds and beams make one trial, whose training has no perplexity', async () => {
  const grid = { 'model.decoder': ['retrieval'], 'decode.beam': [1, 5] };
  const base = { encoder: { kind: 'scenes-cnn' }, schedule: { selfCritical: { epochs: 3 } } };
  const spec = sweepOf({ base, grid, seeds: [1, 2] });
  const sweep = await callApi(api.client, routes.launchSweep, { body: { spec } });
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: sweep.id },
  });
  expect(trials).toHaveLength(1);
  const trialId = trials[0]?.id ?? '';

  await finish(api, await claimNext(api));
  const training = await claimNext(api);
  const learned = resultOf(training);
  if (learned.kind !== 'training') throw new Error(`the task is of kind ${learned.kind}`);
  const nothing = { bestStep: null, bestPerplexity: null, bestCiderD: null, stopReason: null };
  const result: TaskResult = { ...learned, ...nothing, parameters: 0, steps: 0, epochs: 0 };
  await callApi(api.client, routes.finishAttempt, {
    params: { attemptId: training.attemptId },
    body: { token: training.token, result, durationMs: 5 },
  });
  await finish(api, await claimNext(api));

  const trial = await callApi(api.client, routes.getTrial, { params: { trialId } });
  expect(trial.status).toBe('finished');
  expect(trial.training).toMatchObject({ ...nothing, parameters: 0, status: 'finished' });
});
