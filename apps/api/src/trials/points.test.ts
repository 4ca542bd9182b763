import { callApi, routes, type Sweep } from '@capgrid/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  claim,
  claimTraining,
  expire,
  pushCheckpoint,
  pushPoints,
  reap,
} from '../testing/fake-trainer.js';
import { launchScenes } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let sweep: Sweep;
beforeEach(async () => {
  api = await startTestApi();
  sweep = await launchScenes(api);
});
afterEach(() => api.close());

const trainingId = async (): Promise<string> => {
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: sweep.id },
  });
  return trials[0]?.trainingId ?? '';
};

describe('points', () => {
  test('sent twice and out of order, each counts once', async () => {
    const claimed = await claimTraining(api);
    await pushPoints(api.client, claimed, [3, 4]);
    await pushPoints(api.client, claimed, [1, 2, 3]);
    await pushPoints(api.client, claimed, [1, 2, 3], 99);
    const { points } = await callApi(api.client, routes.listPoints, {
      params: { trainingId: await trainingId() },
    });
    expect(points.map(({ step, value }) => [step, value])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
  });

  test('what a lost attempt said after its last checkpoint is not part of the curve', async () => {
    const first = await claimTraining(api);
    await pushPoints(api.client, first, [1, 2, 3], 5);
    await pushCheckpoint(api.client, first, 2);
    await expire(api, first);
    await reap(api);
    const second = await claim(api.client, first.taskId);
    await pushPoints(api.client, second, [3, 4], 7);
    const { points } = await callApi(api.client, routes.listPoints, {
      params: { trainingId: await trainingId() },
    });
    expect(points.map(({ step, value }) => [step, value])).toEqual([
      [1, 5],
      [2, 5],
      [3, 7],
      [4, 7],
    ]);
  });

  test('an attempt that had to start again replaces the points that it says again', async () => {
    const first = await claimTraining(api);
    await pushPoints(api.client, first, [1, 2, 3], 5);
    await pushCheckpoint(api.client, first, 2);
    await expire(api, first);
    await reap(api);
    const second = await claim(api.client, first.taskId);
    await pushPoints(api.client, second, [1, 3], 7);
    const { points } = await callApi(api.client, routes.listPoints, {
      params: { trainingId: await trainingId() },
    });
    expect(points.map(({ step, value }) => [step, value])).toEqual([
      [1, 7],
      [2, 5],
      [3, 7],
    ]);
  });
});
