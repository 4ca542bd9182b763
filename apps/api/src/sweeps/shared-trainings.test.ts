/** Trainings that other trainings start from, and ensembles of several trainings. */
import { rm } from 'node:fs/promises';
import {
  callApi,
  routes,
  type Claim,
  type Sweep,
  type SweepSpecInput,
  type Trial,
} from '@capgrid/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  claim,
  claimNext,
  fail,
  finish,
  finishAll,
  heartbeat,
  queuedTasks,
} from '../testing/fake-trainer.js';
import { registerScenes, resultOf, storedPath, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  await registerScenes(api);
});
afterEach(() => api.close());

const launch = (overrides: Partial<SweepSpecInput>): Promise<Sweep> =>
  callApi(api.client, routes.launchSweep, {
    body: { spec: sweepOf({ grid: {}, ...overrides }) },
    headers: {},
  });
const reload = (sweep: Sweep): Promise<Sweep> =>
  callApi(api.client, routes.getSweep, { params: { sweepId: sweep.id } });
const running = async (sweep: Sweep): Promise<string[]> =>
  (await reload(sweep)).progress.running.map(({ label }) => label);
const statuses = async (sweep: Sweep): Promise<string[]> => {
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: sweep.id },
  });
  return trials.map(({ status }) => status);
};
const firstTrial = async (sweep: Sweep): Promise<Trial> => {
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: sweep.id },
  });
  return callApi(api.client, routes.getTrial, { params: { trialId: trials[0]?.id ?? '' } });
};

const base = { encoder: { kind: 'scenes-cnn' } } as const;
const SELF_CRITICAL = { base, grid: { 'schedule.selfCritical.epochs': [0, 5] } };
const ENSEMBLE = { base: { ...base, decode: { ensemble: 3 } } };

describe('self-critical training', () => {
  test('starts from the weights of the training by cross-entropy, which is made once', async () => {
    const sweep = await launch(SELF_CRITICAL);
    expect(sweep.progress.trainings.total).toBe(2);
    await finish(api, await claimNext(api)); // features
    const [first, ...others] = await queuedTasks(api);
    expect(others).toEqual([]); // the other training waits
    const plain = await claim(api.client, first ?? '');
    expect(plain.trials).toBe('trials 1, 2 of sweep "attention and beam"');
    expect(plain.work).toMatchObject({ kind: 'training', startWeightsSha256: null });
    expect(await statuses(sweep)).toEqual(['training', 'training']);
    await finish(api, plain);

    const rewarded = (await claims()).find(({ work }) => work.kind === 'training');
    const weights = resultOf(plain);
    expect(rewarded?.work).toMatchObject({
      startWeightsSha256: weights.kind === 'training' ? weights.weightsSha256 : '',
      spec: { schedule: { selfCritical: { epochs: 5 } } },
    });
  });

  test('alone in a sweep it brings what it starts from', async () => {
    const sweep = await launch({
      base: { ...base, schedule: { selfCritical: { epochs: 5 } } },
    });
    expect(sweep.progress.trials.total).toBe(1);
    expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 1 });
    expect((await reload(sweep)).progress).toMatchObject({
      status: 'finished',
      trainings: { total: 2, finished: 2 },
    });
    const { training, trainings } = await firstTrial(sweep);
    expect(training).toMatchObject({ bestPerplexity: 2.5, bestCiderD: 0.9 });
    expect(trainings.map(({ isSelfCritical, trials }) => ({ isSelfCritical, trials }))).toEqual([
      { isSelfCritical: false, trials: 1 },
      { isSelfCritical: true, trials: 1 },
    ]);
    expect(trainings[1]).toEqual(training);
  });

  test('is told apart from what it starts from on the progress lines', async () => {
    const sweep = await launch({
      base,
      grid: { 'model.attention.kind': ['mlp'], 'schedule.selfCritical.epochs': [5] },
    });
    await finish(api, await claimNext(api));
    const start = await claimNext(api);
    expect(await running(sweep)).toEqual(['training 1: mlp, cross-entropy']);
    await finish(api, start);
    await claimNext(api);
    expect(await running(sweep)).toEqual(['training 2: mlp, epochs 5']);
  });

  test('is cancelled while what it starts from is running', async () => {
    const sweep = await launch({ base: { ...base, schedule: { selfCritical: { epochs: 5 } } } });
    await finish(api, await claimNext(api));
    const start = await claimNext(api);
    await callApi(api.client, routes.cancelSweep, { params: { sweepId: sweep.id } });
    expect((await heartbeat(api.client, start)).command).toBe('cancel');
    await callApi(api.client, routes.cancelledAttempt, {
      params: { attemptId: start.attemptId },
      body: { token: start.token },
    });
    expect(await statuses(sweep)).toEqual(['cancelled']);
    expect(await queuedTasks(api)).toEqual([]);
    await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    expect(await finishAll(api)).toEqual({ training: 2, evaluation: 1 });
  });

  test('fails with what it starts from, and a retry begins there', async () => {
    const sweep = await launch(SELF_CRITICAL);
    await finish(api, await claimNext(api));
    await fail(api.client, await claimNext(api), { isRetryable: false });
    expect(await statuses(sweep)).toEqual(['failed', 'failed']);
    await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    expect(await finishAll(api)).toEqual({ training: 2, evaluation: 2 });
    expect(await statuses(sweep)).toEqual(['finished', 'finished']);
  });
});

test('of lost weights only those are computed again that a task reads which runs again', async () => {
  const sweep = await launch({ base: { ...base, schedule: { selfCritical: { epochs: 5 } } } });
  await finish(api, await claimNext(api));
  const start = await claimNext(api);
  await finish(api, start);
  await fail(api.client, await claimNext(api), { isRetryable: false });
  await lose(start);
  await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
  expect(await queuedTasks(api)).toEqual([start.taskId]);
  await finish(api, await claim(api.client, start.taskId));
  const rewarded = await claimNext(api);
  await finish(api, rewarded);

  const evaluation = await claimNext(api);
  await fail(api.client, evaluation, { isRetryable: false });
  await lose(start);
  await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
  expect(await queuedTasks(api)).toEqual([evaluation.taskId]);

  await fail(api.client, await claimNext(api), { isRetryable: false });
  await lose(rewarded);
  await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
  expect(await queuedTasks(api)).toEqual([start.taskId]);
  expect(await finishAll(api)).toEqual({ training: 2, evaluation: 1 });
});

describe('an ensemble', () => {
  test('is decoded when each of its trainings has finished, with their weights in order', async () => {
    const sweep = await launch(ENSEMBLE);
    expect(sweep.progress).toMatchObject({ trials: { total: 1 }, trainings: { total: 3 } });
    await finish(api, await claimNext(api));
    const trainings = await claims();
    expect(trainings.map(({ work }) => (work.kind === 'training' ? work.spec.seed : 0))).toEqual([
      1, 2, 3,
    ]);
    const [one, two, three] = trainings.toReversed();
    if (!one || !two || !three) throw new Error('three trainings were expected');
    await finish(api, one);
    await finish(api, two);
    expect(await queuedTasks(api)).toEqual([]);
    expect(await statuses(sweep)).toEqual(['training']);
    await finish(api, three);

    const weights = trainings.map((claimed) => {
      const result = resultOf(claimed);
      return result.kind === 'training' ? result.weightsSha256 : '';
    });
    const { work } = await claimNext(api);
    expect(work).toMatchObject({
      kind: 'evaluation',
      weightsSha256: weights[0],
      memberWeightsSha256: weights.slice(1),
    });
  });

  test('a trial names its trainings in the order of their seeds, and whose an attempt is', async () => {
    // Seed 10 comes behind seed 9, and seed 10 has a trial of its own.
    await launch({ base, seeds: [10] });
    await finishAll(api);
    const sweep = await launch({
      base: { ...base, decode: { ensemble: 2 }, schedule: { selfCritical: { epochs: 1 } } },
      seeds: [9],
    });
    await finishAll(api);
    const { training, trainings, attempts } = await firstTrial(sweep);
    expect(trainings.map(({ seed, isSelfCritical }) => [seed, isSelfCritical])).toEqual([
      [9, false],
      [9, true],
      [10, false],
      [10, true],
    ]);
    expect(trainings[1]).toEqual(training);
    expect(trainings.map(({ trials }) => trials)).toEqual([1, 1, 2, 1]);
    const attempted = attempts.filter(({ kind }) => kind === 'training');
    expect(attempted.map(({ taskId }) => taskId).toSorted()).toEqual(
      trainings.map(({ taskId }) => taskId).toSorted(),
    );
  });

  test('names the seeds of its trainings while they run', async () => {
    const sweep = await launch(ENSEMBLE);
    await finish(api, await claimNext(api));
    await claims();
    expect(await running(sweep)).toEqual([
      'training 1: seed 1',
      'training 2: seed 2',
      'training 3: seed 3',
    ]);
  });

  test('is queued once when its last trainings finish at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      await launch({ base: { ...base, decode: { ensemble: 3 } }, seeds: [10 * round] });
      if (round === 0) await finish(api, await claimNext(api));
      await Promise.all((await claims()).map((claimed) => finish(api, claimed)));
      const [evaluation, ...others] = await queuedTasks(api);
      expect(others).toEqual([]);
      const claimed = await claim(api.client, evaluation ?? '');
      expect(claimed.work.kind).toBe('evaluation');
      await finish(api, claimed);
    }
  });

  test('shares its trainings with trials of the single models', async () => {
    await launch({ base, seeds: [1, 2, 3] });
    expect(await finishAll(api)).toEqual({ features: 1, training: 3, evaluation: 3 });
    const ensemble = await launch(ENSEMBLE);
    expect(await finishAll(api)).toEqual({ evaluation: 1 });
    const { trainings } = (await reload(ensemble)).progress;
    expect(trainings).toEqual({ total: 3, finished: 3, reused: 3 });
  });

  test('reuses of its trainings those that had finished, as the preview says', async () => {
    await launch({ base, seeds: [2] });
    expect(await finishAll(api)).toEqual({ features: 1, training: 1, evaluation: 1 });
    const spec = sweepOf({ grid: {}, ...ENSEMBLE });
    const preview = await callApi(api.client, routes.previewSweep, { body: { spec } });
    expect(preview).toMatchObject({ trainings: 3, newTrainings: 2, reusedTrainings: 1 });
    const sweep = await launch(ENSEMBLE);
    expect(sweep.progress.trainings).toEqual({ total: 3, finished: 1, reused: 1 });
    await finishAll(api);
    expect((await reload(sweep)).progress.trainings).toEqual({ total: 3, finished: 3, reused: 1 });
  });

  test('fails with any of its trainings; what the others did is kept', async () => {
    const sweep = await launch(ENSEMBLE);
    await finish(api, await claimNext(api));
    const [one, two, three] = await claims();
    if (!one || !two || !three) throw new Error('three trainings were expected');
    await finish(api, one);
    await fail(api.client, two, { isRetryable: false });
    await finish(api, three);
    expect(await statuses(sweep)).toEqual(['failed']);
    await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 1 });
  });

  test('waits for each of its trainings whose weights are lost', async () => {
    const sweep = await launch(ENSEMBLE);
    await finish(api, await claimNext(api));
    const trainings = await claims();
    for (const training of trainings) await finish(api, training);
    await fail(api.client, await claimNext(api), { isRetryable: false });
    for (const training of trainings.slice(1)) await lose(training);
    await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    expect(await finishAll(api)).toEqual({ training: 2, evaluation: 1 });
  });

  test('is cancelled with all that only it needs', async () => {
    await launch({ base, seeds: [2] });
    const sweep = await launch(ENSEMBLE);
    await callApi(api.client, routes.cancelSweep, { params: { sweepId: sweep.id } });
    expect(await statuses(sweep)).toEqual(['cancelled']);
    expect(await finishAll(api)).toEqual({ features: 1, training: 1, evaluation: 1 });
  });
});

/** Takes the weights of a training out of the store. */
async function lose(claimed: Claim): Promise<void> {
  const result = resultOf(claimed);
  if (result.kind !== 'training') throw new Error(`the task is of kind ${result.kind}`);
  await rm(storedPath(api, result.weightsSha256));
}

/** Claims all that is queued. */
async function claims() {
  const claimed = [];
  for (const id of await queuedTasks(api)) claimed.push(await claim(api.client, id));
  return claimed;
}
