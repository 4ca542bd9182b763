import { callApi, routes, type Sweep } from '@capgrid/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finishAll } from '../testing/fake-trainer.js';
import { registerScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
});
afterAll(() => api.close());

const launch = (spec = sweepOf()): Promise<Sweep> =>
  callApi(api.client, routes.launchSweep, { body: { spec } });
const get = (sweepId: string): Promise<Sweep> =>
  callApi(api.client, routes.getSweep, { params: { sweepId } });

describe('a sweep from launch to results', () => {
  test('a preview says that nothing exists yet', async () => {
    const preview = await callApi(api.client, routes.previewSweep, { body: { spec: sweepOf() } });
    expect(preview).toMatchObject({
      trials: 4,
      trainings: 2,
      newTrainings: 2,
      newEvaluations: 4,
      newFeatureSets: 1,
      reusedTrainings: 0,
      factors: ['model.attention.kind', 'decode.beam'],
    });
  });

  test('four trials that share two trainings and one feature set go through to the table', async () => {
    const launched = await launch();
    expect(launched.progress.trials).toEqual({
      total: 4,
      queued: 4,
      running: 0,
      finished: 0,
      failed: 0,
      cancelled: 0,
    });
    expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 4 });

    const sweep = await get(launched.id);
    expect(sweep.progress.status).toBe('finished');
    expect(sweep.progress.secondsLeft).toBe(0);
    expect(sweep.finishedAt).not.toBeNull();

    const results = await callApi(api.client, routes.getResults, {
      params: { sweepId: launched.id },
    });
    expect(results.rows.map((row) => row.scores.bleu4?.mean)).toEqual([10, 30, 10, 30]);
    expect(results.rows.map((row) => row.scores.bleu4?.isBest)).toEqual([false, true, false, true]);

    const { trials } = await callApi(api.client, routes.listTrials, {
      params: { sweepId: launched.id },
    });
    expect(trials.map((trial) => trial.number)).toEqual([1, 2, 3, 4]);
    const first = trials[0];
    const trial = await callApi(api.client, routes.getTrial, {
      params: { trialId: first?.id ?? '' },
    });
    expect(trial.attempts.map((attempt) => attempt.kind)).toEqual([
      'features',
      'training',
      'evaluation',
    ]);
    expect(trial.training.trials).toBe(2);
    expect(trial.sweepName).toBe('attention and beam');
  });

  test('the same sweep again reuses everything and is finished at once', async () => {
    const again = await launch();
    expect(again.progress.status).toBe('finished');
    expect(again.progress.trainings).toEqual({ total: 2, finished: 2, reused: 2 });
    expect(again.finishedAt).toBe(again.createdAt);
  });

  test('more beams of the same models need no training', async () => {
    const spec = sweepOf({ grid: { 'model.attention.kind': ['mlp'], 'decode.beam': [3, 5] } });
    const preview = await callApi(api.client, routes.previewSweep, { body: { spec } });
    expect(preview).toMatchObject({ newTrainings: 0, newEvaluations: 1, reusedEvaluations: 1 });
    await launch(spec);
    expect(await finishAll(api)).toEqual({ evaluation: 1 });
  });

  test('another version of the dataset under the same name shares nothing', async () => {
    await registerScenes(api, 'scenes seed 2');
    const preview = await callApi(api.client, routes.previewSweep, { body: { spec: sweepOf() } });
    expect(preview).toMatchObject({ newTrainings: 2, newFeatureSets: 1, newEvaluations: 4 });
  });

  test('pages of sweeps go from the newest to the oldest', async () => {
    const first = await callApi(api.client, routes.listSweeps, { query: { limit: 2 } });
    expect(first.sweeps).toHaveLength(2);
    const second = await callApi(api.client, routes.listSweeps, {
      query: { limit: 2, cursor: first.nextCursor ?? '' },
    });
    expect(second.sweeps).toHaveLength(1);
    expect(second.nextCursor).toBeNull();
  });

  test('work under way for an earlier sweep is pending, neither new nor reused', async () => {
    const base = { encoder: { kind: 'scenes-cnn', seed: 5 } };
    const grid = { 'decode.beam': [1] };
    const ask = (beams: number[]) => {
      const spec = sweepOf({ base, grid: { 'decode.beam': beams } });
      return callApi(api.client, routes.previewSweep, { body: { spec } });
    };
    const earlier = await launch(sweepOf({ base, grid }));
    expect(await ask([1, 3])).toMatchObject({
      newTrainings: 0,
      pendingTrainings: 1,
      reusedTrainings: 0,
      newEvaluations: 1,
      pendingEvaluations: 1,
      reusedEvaluations: 0,
      newFeatureSets: 0,
      pendingFeatureSets: 1,
      reusedFeatureSets: 0,
      cells: [{ isReused: false }, { isReused: false }],
    });
    const twin = await launch(sweepOf({ base, grid }));
    await finishAll(api);
    expect((await get(twin.id)).progress.trainings).toEqual({ total: 1, finished: 1, reused: 0 });
    expect(await ask([1, 3])).toMatchObject({
      pendingTrainings: 0,
      reusedTrainings: 1,
      newEvaluations: 1,
      pendingEvaluations: 0,
      reusedEvaluations: 1,
      cells: [{ isReused: true }, { isReused: false }],
    });
    await callApi(api.client, routes.launchSweep, {
      body: { spec: sweepOf({ base, grid: { 'decode.beam': [3] } }) },
    }).then(({ id }) => callApi(api.client, routes.cancelSweep, { params: { sweepId: id } }));
    expect(await ask([3])).toMatchObject({ newEvaluations: 1, pendingEvaluations: 0 });
    for (const sweepId of [earlier.id, twin.id]) {
      expect((await get(sweepId)).progress.status).toBe('finished');
    }
  });
});
