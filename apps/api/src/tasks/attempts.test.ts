import { callApi, routes, type Claim, type Sweep } from '@capgrid/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  claim,
  claimNext,
  claimTraining,
  expire,
  fail,
  finish,
  finishAll,
  heartbeat,
  pushCheckpoint,
  pushPoints,
  queuedTasks,
  reap,
} from '../testing/fake-trainer.js';
import { launchScenes, resultOf, sha256Of, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let sweep: Sweep;
beforeEach(async () => {
  api = await startTestApi();
  sweep = await launchScenes(api);
});
afterEach(() => api.close());

const reload = (): Promise<Sweep> =>
  callApi(api.client, routes.getSweep, { params: { sweepId: sweep.id } });
describe('claims', () => {
  test('of fifty trainers that claim one task at once, one gets it', async () => {
    const [taskId = ''] = await queuedTasks(api);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => claim(api.client, taskId)),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    expect(new Set(refusals.map((reason) => `${reason.status} ${reason.code}`))).toEqual(
      new Set(['409 task-not-claimable']),
    );
  });

  test('a waiting task is refused and an unknown one is not found', async () => {
    await expect(claim(api.client, 'tsk_none')).rejects.toMatchObject({
      status: 404,
      code: 'task-not-found',
    });
    const [row]: { id: string }[] = await api.database.query(
      "SELECT id FROM tasks WHERE status = 'waiting' LIMIT 1",
    );
    await expect(claim(api.client, row?.id ?? '')).rejects.toMatchObject({
      status: 409,
      code: 'task-not-claimable',
    });
  });

  test('a task of which this release cannot read the spec fails for good, and alone', async () => {
    await finish(api, await claimNext(api));
    const [taskId = ''] = await queuedTasks(api);
    await api.database.query(
      `UPDATE trainings SET spec = jsonb_set(spec, '{model,hiddenSize}', '512')
       WHERE task_id = $1`,
      [taskId],
    );
    const detail =
      'This release cannot read what was asked for: spec.model.hiddenSize is 512 ' +
      '(unknown key; remove it or correct its spelling). Launch the sweep again.';
    await expect(claim(api.client, taskId)).rejects.toMatchObject({
      status: 409,
      code: 'work-unreadable',
      message: `Task "${taskId}": ${detail}`,
    });
    await expect(claim(api.client, taskId)).rejects.toMatchObject({ code: 'task-not-claimable' });
    const [row]: { status: string; failure: unknown }[] = await api.database.query(
      'SELECT status, failure FROM tasks WHERE id = $1',
      [taskId],
    );
    expect(row).toEqual({
      status: 'failed',
      failure: { code: 'work-unreadable', message: detail, isRetryable: false, step: null },
    });
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 2 });
    expect((await reload()).progress.trials).toMatchObject({ finished: 2, failed: 2 });
    // Launched again, the same work is asked for as this release writes it.
    await callApi(api.client, routes.launchSweep, { body: { spec: sweepOf() } });
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 2 });
    expect((await reload()).progress.trials).toMatchObject({ finished: 4 });
  });

  test('the token is kept hashed', async () => {
    const claimed = await claimNext(api);
    const [row]: { token_sha256: string }[] = await api.database.query(
      'SELECT token_sha256 FROM attempts',
    );
    expect(row?.token_sha256).toBe(sha256Of(claimed.token));
  });
});

test('a claim names the trials that it is for', async () => {
  const features = await claimNext(api);
  expect(features.trials).toBe('trials 1, 2, 3, 4 of sweep "attention and beam"');
  await finish(api, features);
  const training = await claimNext(api);
  expect(training.trials).toBe('trials 1, 2 of sweep "attention and beam"');
  await finish(api, training);
  const [evaluation] = (await queuedTasks(api)).toReversed();
  expect((await claim(api.client, evaluation ?? '')).trials).toMatch(/^trial \d of sweep/);
});

describe('fencing', () => {
  test('every write with another token is refused', async () => {
    const claimed = await claimNext(api);
    const forged = { ...claimed, token: 'forged' };
    const stale = { status: 409, code: 'stale-attempt' };
    await expect(heartbeat(api.client, forged)).rejects.toMatchObject(stale);
    await expect(pushPoints(api.client, forged, [1])).rejects.toMatchObject(stale);
    await expect(finish(api, forged)).rejects.toMatchObject(stale);
    await expect(fail(api.client, forged)).rejects.toMatchObject(stale);
    expect((await reload()).progress.trials.running).toBe(4);
  });

  test('a trainer that was declared lost cannot write any more, its successor can', async () => {
    const first = await claimTraining(api);
    await expire(api, first);
    await reap(api);
    const second = await claim(api.client, first.taskId);
    const stale = { status: 409, code: 'stale-attempt' };
    await expect(heartbeat(api.client, first)).rejects.toMatchObject(stale);
    await expect(finish(api, first)).rejects.toMatchObject(stale);
    await finish(api, second);
    expect((await reload()).progress.trainings.finished).toBe(1);
  });

  test('finish sent twice is answered alike and counts once', async () => {
    const claimed = await claimTraining(api);
    await finish(api, claimed);
    await finish(api, claimed);
    const [count]: { finished: number }[] = await api.database.query(
      "SELECT count(*)::integer AS finished FROM attempts WHERE task_id = $1 AND status = 'finished'",
      [claimed.taskId],
    );
    expect(count?.finished).toBe(1);
    await expect(fail(api.client, claimed)).rejects.toMatchObject({ code: 'stale-attempt' });
  });

  test('a result of another kind is refused and changes nothing', async () => {
    const features = await claimNext(api);
    const training = resultOf({ ...features, work: (await other(features)).work });
    await expect(
      callApi(api.client, routes.finishAttempt, {
        params: { attemptId: features.attemptId },
        body: { token: features.token, result: training, durationMs: 1 },
      }),
    ).rejects.toMatchObject({ status: 400, code: 'wrong-result-kind' });
    await finish(api, features);
  });

  /** A claim as it would be for an evaluation. */
  const other = async (claimed: Claim): Promise<Claim> => {
    const { trials } = await callApi(api.client, routes.listTrials, {
      params: { sweepId: sweep.id },
    });
    const trial = await callApi(api.client, routes.getTrial, {
      params: { trialId: trials[0]?.id ?? '' },
    });
    const digest = sha256Of('x');
    return {
      ...claimed,
      work: {
        kind: 'training',
        spec: trial.spec.training,
        datasetDigest: digest,
        featuresSha256: digest,
        plan: null,
        vectors: null,
        startWeightsSha256: null,
        resume: null,
      },
    };
  };
});

describe('leases', () => {
  test('a claim says how long the lease is that the database keeps', async () => {
    const claimed = await claimNext(api);
    const [row]: { ms: number }[] = await api.database.query(
      `SELECT extract(epoch FROM lease_until - started_at)::double precision * 1000 AS ms
       FROM attempts WHERE id = $1`,
      [claimed.attemptId],
    );
    expect(claimed.leaseMs).toBe(row?.ms);
    expect(claimed.heartbeatEveryMs).toBeLessThan(claimed.leaseMs);
  });

  test('a heartbeat extends the lease by the clock of the database and keeps the progress', async () => {
    const claimed = await claimTraining(api);
    await api.database.query(
      "UPDATE attempts SET lease_until = now() + interval '1 s' WHERE status = 'running'",
    );
    const beat = await heartbeat(api.client, claimed, 42);
    expect(beat.command).toBe('continue');
    const [row]: { seconds: number }[] = await api.database.query(
      `SELECT extract(epoch FROM lease_until - now())::double precision AS seconds
       FROM attempts WHERE status = 'running'`,
    );
    expect(row?.seconds).toBeGreaterThan(25);
    const { progress } = await reload();
    expect(progress.running).toMatchObject([
      { kind: 'training', label: 'training 1: none', progress: { loss: 3.5, secondsLeft: 42 } },
    ]);
    // This training 42 s, the other one as long as this is expected to take, one trainer.
    expect(progress.secondsLeft).toBeGreaterThanOrEqual(84);
  });

  test('an attempt that never sent a heartbeat is lost, and its task queued again', async () => {
    const claimed = await claimNext(api);
    await expire(api, claimed);
    await reap(api);
    expect(await queuedTasks(api)).toContain(claimed.taskId);
    const again = await claim(api.client, claimed.taskId);
    await finish(api, again);
    expect(await finishAll(api)).toEqual({ training: 2, evaluation: 4 });
    const { trials } = await callApi(api.client, routes.listTrials, {
      params: { sweepId: sweep.id },
    });
    const trial = await callApi(api.client, routes.getTrial, {
      params: { trialId: trials[0]?.id ?? '' },
    });
    expect(trial.attempts.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'features lost',
      'features finished',
      'training finished',
      'evaluation finished',
    ]);
    expect(trial.attempts[0]?.failure).toEqual({
      code: 'lease-expired',
      message: 'no heartbeat for 30 s; the trainer was killed or cut off',
      isRetryable: true,
      step: null,
    });
  });

  test('a live lease is left alone', async () => {
    const claimed = await claimNext(api);
    await reap(api);
    await finish(api, claimed);
  });

  test('five lost attempts fail the task as lease-expired', async () => {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const claimed = await claimNext(api);
      await expire(api, claimed);
      await reap(api);
    }
    const { progress } = await reload();
    expect(progress.status).toBe('finished-with-failures');
    expect(progress.trials.failed).toBe(4);
    const [row]: { failure: { code: string } }[] = await api.database.query(
      "SELECT failure FROM tasks WHERE kind = 'features'",
    );
    expect(row?.failure.code).toBe('lease-expired');
  });

  test('two reapers at once count a lost attempt once', async () => {
    const claimed = await claimNext(api);
    await expire(api, claimed);
    await Promise.all([reap(api), reap(api), reap(api)]);
    const [row]: { losses: number }[] = await api.database.query(
      'SELECT losses FROM tasks WHERE id = $1',
      [claimed.taskId],
    );
    expect(row?.losses).toBe(1);
  });

  test('an attempt that cannot be ended does not hold up the others', async () => {
    await finish(api, await claimNext(api));
    const [stuck, other] = [await claimNext(api), await claimNext(api)];
    await api.database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN RAISE EXCEPTION ''refused''; END';
      CREATE TRIGGER refuse BEFORE UPDATE OF status ON attempts
        FOR EACH ROW WHEN (OLD.id = '${stuck.attemptId}') EXECUTE FUNCTION refuse()`);
    await expire(api, stuck);
    await expire(api, other);
    await api.database.query(
      "UPDATE attempts SET lease_until = lease_until - interval '1 s' WHERE id = $1",
      [stuck.attemptId],
    );
    await reap(api);
    expect(await queuedTasks(api)).toEqual([other.taskId]);
  });

  test('a training goes on from the newest checkpoint of the attempts before', async () => {
    const first = await claimTraining(api);
    for (const step of [20, 40]) {
      await pushCheckpoint(api.client, first, step);
    }
    await expire(api, first);
    await reap(api);
    const second = await claim(api.client, first.taskId);
    expect(second.work).toMatchObject({
      kind: 'training',
      resume: { step: 40, stateSha256: sha256Of('state 40') },
    });
  });
});

describe('failures', () => {
  test('a retryable failure is tried three times, then fails all that waits for it', async () => {
    await finish(api, await claimNext(api));
    const [taskId = ''] = await queuedTasks(api);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await fail(api.client, await claim(api.client, taskId));
    }
    expect(await queuedTasks(api)).not.toContain(taskId);
    const { trials } = await callApi(api.client, routes.listTrials, {
      params: { sweepId: sweep.id },
    });
    expect(trials.map((trial) => [trial.status, trial.failure?.code ?? null])).toEqual([
      ['failed', 'dependency-failed'],
      ['failed', 'dependency-failed'],
      ['queued', null],
      ['queued', null],
    ]);
    expect(trials[0]?.failure?.message).toBe(
      `training task ${taskId} failed with child-crashed: signal SIGKILL`,
    );
  });

  test('a final failure is not tried again; the rest of the sweep goes on', async () => {
    const training = await claimTraining(api);
    await fail(api.client, training, { code: 'loss-not-finite', isRetryable: false });
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 2 });
    const { progress } = await reload();
    expect(progress.status).toBe('finished-with-failures');
    expect(progress.trials).toMatchObject({ finished: 2, failed: 2 });
    const table = await callApi(api.client, routes.getResults, { params: { sweepId: sweep.id } });
    expect(table.rows[0]?.missing).toEqual(['dependency-failed']);
    expect(table.trialsFailed).toBe(2);
  });

  test('a failed training says what computed it', async () => {
    const engine = { name: 'libtorch', version: 'libtorch 1.13.0', device: 'cpu', threads: 1 };
    const training = await claimTraining(api);
    await fail(api.client, training, { isRetryable: false }, { ...engine, blas: 'MKL' });
    const { trials } = await callApi(api.client, routes.listTrials, {
      params: { sweepId: sweep.id },
    });
    const trialId = trials[0]?.id ?? '';
    const trial = await callApi(api.client, routes.getTrial, { params: { trialId } });
    expect(trial.training.engine).toEqual({ ...engine, blas: 'MKL' });
  });

  test('retry queues what failed and keeps what finished', async () => {
    await fail(api.client, await claimTraining(api), { isRetryable: false });
    await finishAll(api);
    const retried = await callApi(api.client, routes.retrySweep, { params: { sweepId: sweep.id } });
    expect(retried.progress.status).toBe('running');
    expect(await finishAll(api)).toEqual({ training: 1, evaluation: 2 });
    expect((await reload()).progress.status).toBe('finished');
  });

  test('launching the same cells again revives failed work', async () => {
    await fail(api.client, await claimNext(api), { isRetryable: false });
    expect((await reload()).progress.trials.failed).toBe(4);
    await callApi(api.client, routes.launchSweep, { body: { spec: sweepOf() } });
    expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 4 });
  });
});
