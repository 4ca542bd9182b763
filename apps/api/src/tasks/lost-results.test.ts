/** What happens when a result of finished work is gone from the store. */
import { rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { callApi, routes, type Claim, type Sweep, type TaskResult } from '@capgrid/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreReader } from '../datasets/store-reader.js';
import {
  claim,
  claimTraining,
  expire,
  fail,
  finish,
  finishAll,
  queuedTasks,
  reap,
  statusesOf,
} from '../testing/fake-trainer.js';
import { launchScenes, resultOf, sha256Of, storedPath, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';
import { lockSweeps } from '../sweeps/sweep-lock.js';
import { findLostResults } from './lost-results.js';
import { reviveTasks } from './revive-tasks.js';

let api: TestApi;
let sweep: Sweep;
beforeEach(async () => {
  api = await startTestApi();
  sweep = await launchScenes(api);
});
afterEach(() => api.close());

const retry = (sweepId = sweep.id): Promise<Sweep> =>
  callApi(api.client, routes.retrySweep, { params: { sweepId } });
const cancel = (sweepId: string): Promise<Sweep> =>
  callApi(api.client, routes.cancelSweep, { params: { sweepId } });
const launchBeams = (...beams: number[]): Promise<Sweep> => {
  const spec = sweepOf({ grid: { 'model.attention.kind': ['none'], 'decode.beam': beams } });
  return callApi(api.client, routes.launchSweep, { body: { spec } });
};
const lose = (sha256: string): Promise<void> => rm(storedPath(api, sha256));
const weightsOf = (result: TaskResult): string =>
  result.kind === 'training' ? result.weightsSha256 : '';

type Scene = {
  features: string;
  training: Claim & { taskId: string };
  weights: string;
  /** Queued, of the other attention. */
  other: string;
  /** Of the training; the first is claimed, the second queued. */
  evaluations: [Claim & { taskId: string }, string];
};

/** Features and one training have finished. */
async function prepare(): Promise<Scene> {
  const [features = ''] = await queuedTasks(api);
  const training = await claimTraining(api);
  const [other = ''] = await queuedTasks(api);
  await finish(api, training);
  const [first = '', second = ''] = (await queuedTasks(api)).filter((id) => id !== other);
  const claimed = { ...(await claim(api.client, first)), taskId: first };
  const weights = weightsOf(resultOf(training));
  return { features, training, weights, other, evaluations: [claimed, second] };
}

describe('a retry', () => {
  test('computes again what a failed task cannot read; all that reads it waits', async () => {
    const { training, weights, other, evaluations } = await prepare();
    const [failed, sibling] = evaluations;
    await fail(api.client, failed, { code: 'out-of-memory', isRetryable: false });
    await lose(weights);
    await Promise.all([retry(), retry()]);
    expect(await queuedTasks(api)).toEqual([training.taskId, other]);
    expect(await statusesOf(api, [failed.taskId, sibling])).toEqual(['waiting', 'waiting']);
    await finish(api, await claim(api.client, training.taskId));
    expect(await queuedTasks(api)).toEqual([other, failed.taskId, sibling]);
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 4 });
  });

  test('keeps what its own store has, whatever a trainer said of it', async () => {
    const { training, weights, evaluations } = await prepare();
    const [failed] = evaluations;
    const message = `The store /elsewhere has no object ${weights}.`;
    await fail(api.client, failed, { code: 'object-missing', message, isRetryable: false });
    await retry();
    expect(await queuedTasks(api)).toContain(failed.taskId);
    expect(await statusesOf(api, [training.taskId])).toEqual(['finished']);
  });

  test('computes lost features again, and not a training whose weights are there', async () => {
    const { features, other, evaluations } = await prepare();
    const [failed, sibling] = evaluations;
    await fail(api.client, failed, { isRetryable: false });
    await lose(sha256Of('features'));
    await retry();
    expect(await queuedTasks(api)).toEqual([features]);
    const waiting = ['waiting', 'waiting', 'waiting'];
    expect(await statusesOf(api, [other, failed.taskId, sibling])).toEqual(waiting);
    expect(await finishAll(api)).toEqual({ features: 1, training: 1, evaluation: 4 });
  });

  test('computes lost features before a training that reads them and is lost itself', async () => {
    const { features, training, weights, evaluations } = await prepare();
    await fail(api.client, evaluations[0], { isRetryable: false });
    await lose(weights);
    await lose(sha256Of('features'));
    await retry();
    expect(await queuedTasks(api)).toEqual([features]);
    expect(await statusesOf(api, [training.taskId])).toEqual(['waiting']);
    expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 4 });
  });

  test('looks at nothing that only finished tasks have read', async () => {
    await finishAll(api);
    await lose(sha256Of('features'));
    await lose(sha256Of('vocabulary'));
    await retry();
    expect(await queuedTasks(api)).toEqual([]);
  });

  test('leaves a task alone that was computed again after the store was asked', async () => {
    const { training, weights, evaluations } = await prepare();
    await fail(api.client, evaluations[0], { isRetryable: false });
    await lose(weights);
    const ids = [evaluations[0].taskId];
    const lost = await findLostResults(api.database, api.app.get(StoreReader), ids);
    expect(lost.taskIds).toEqual([training.taskId]);
    await retry();
    await finish(api, await claim(api.client, training.taskId));
    await api.database.transaction(async (transaction) => {
      await lockSweeps(transaction);
      await reviveTasks(transaction, ids, lost);
    });
    expect(await statusesOf(api, [training.taskId])).toEqual(['finished']);
  });

  test('changes nothing while the store cannot be read', async () => {
    const { training, weights, evaluations } = await prepare();
    await fail(api.client, evaluations[0], { isRetryable: false });
    const folder = dirname(storedPath(api, weights));
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    await expect(retry()).rejects.toMatchObject({ status: 500 });
    const ids = [training.taskId, evaluations[0].taskId];
    expect(await statusesOf(api, ids)).toEqual(['finished', 'failed']);
  });
});

describe('a task that runs while what it has read is computed again', () => {
  test('is left alone, and waits for another attempt', async () => {
    const { training, weights, evaluations } = await prepare();
    const [running, second] = evaluations;
    await fail(api.client, await claim(api.client, second), { isRetryable: false });
    await lose(weights);
    await retry();
    expect(await statusesOf(api, [running.taskId])).toEqual(['running']);
    await expire(api, running);
    await reap(api);
    expect(await statusesOf(api, [running.taskId, second])).toEqual(['waiting', 'waiting']);
    await finish(api, await claim(api.client, training.taskId));
    expect(await statusesOf(api, [running.taskId, second])).toEqual(['queued', 'queued']);
  });

  test('fails where that has failed meanwhile', async () => {
    const { training, weights, evaluations } = await prepare();
    const [running, second] = evaluations;
    await fail(api.client, await claim(api.client, second), { isRetryable: false });
    await lose(weights);
    await retry();
    await fail(api.client, await claim(api.client, training.taskId), { isRetryable: false });
    await fail(api.client, running);
    const rows: unknown = await api.database.query(
      "SELECT status, failure ->> 'code' AS code FROM tasks WHERE id = ANY($1)",
      [[running.taskId, second]],
    );
    const failed = { status: 'failed', code: 'dependency-failed' };
    expect(rows).toEqual([failed, failed]);
  });
});

describe('other sweeps', () => {
  test('a launch revives failed work with what it cannot read, and does not call that reused', async () => {
    const { training, weights, evaluations } = await prepare();
    await fail(api.client, evaluations[0], { isRetryable: false });
    await lose(weights);
    const { id } = await launchBeams(1, 5);
    expect(await queuedTasks(api)).toContain(training.taskId);
    const rows: { status: string; is_training_reused: boolean }[] = await api.database.query(
      `SELECT tasks.status, trials.is_training_reused FROM trials
       JOIN evaluations ON evaluations.id = trials.evaluation_id
       JOIN tasks ON tasks.id = evaluations.task_id WHERE sweep_id = $1`,
      [id],
    );
    const waiting = { status: 'waiting', is_training_reused: false };
    expect(rows).toEqual([waiting, waiting]);
    expect(await finishAll(api)).toEqual({ training: 2, evaluation: 5 });
  });

  test('what is computed again for one that is cancelled goes on for another that waits for it', async () => {
    const { training, weights, evaluations } = await prepare();
    await fail(api.client, evaluations[0], { isRetryable: false });
    const later = await launchBeams(5);
    await lose(weights);
    await retry();
    await cancel(sweep.id);
    expect(await queuedTasks(api)).toEqual([training.taskId]);
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 1 });
    const { progress } = await callApi(api.client, routes.getSweep, {
      params: { sweepId: later.id },
    });
    expect(progress.status).toBe('finished');
  });

  test('what is computed again for one that is cancelled ends if no other waits for it', async () => {
    const { weights, evaluations } = await prepare();
    const later = await launchBeams(3);
    await finish(api, await claim(api.client, evaluations[1]));
    await fail(api.client, evaluations[0], { isRetryable: false });
    await lose(weights);
    await retry();
    await cancel(sweep.id);
    expect(await queuedTasks(api)).toEqual([]);
    const { progress } = await callApi(api.client, routes.getSweep, {
      params: { sweepId: later.id },
    });
    expect(progress.status).toBe('finished');
  });
});
