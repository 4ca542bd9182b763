/** Plays the trainer's part of the protocol over HTTP, without computing. */
import {
  callApi,
  routes,
  type ApiClient,
  type Claim,
  type EngineRecord,
  type Failure,
  type Heartbeat,
} from '@capgrid/contracts';
import { z } from 'zod';
import { queryRows } from '../database/query-rows.js';
import { Reaper } from '../tasks/reaper.service.js';
import { putResult, resultOf, sha256Of } from './fixtures.js';
import type { TestApi } from './start-test-api.js';

export async function queuedTasks(api: TestApi): Promise<string[]> {
  const rows = await queryRows(
    api.database,
    z.object({ id: z.string() }),
    "SELECT id FROM tasks WHERE status = 'queued' ORDER BY position",
  );
  return rows.map((row) => row.id);
}

/** In the order asked. */
export async function statusesOf(api: TestApi, ids: readonly string[]): Promise<string[]> {
  const rows = await queryRows(
    api.database,
    z.object({ id: z.string(), status: z.string() }),
    'SELECT id, status FROM tasks WHERE id = ANY($1)',
    [ids],
  );
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  return ids.map((id) => statuses.get(id) ?? 'unknown');
}

export function claim(client: ApiClient, taskId: string): Promise<Claim> {
  return callApi(client, routes.claimTask, { params: { taskId }, body: { trainer: 'test' } });
}

/** Claims the first queued task. */
export async function claimNext(api: TestApi): Promise<Claim & { taskId: string }> {
  const [taskId] = await queuedTasks(api);
  if (taskId === undefined) throw new Error('no task is queued');
  return { ...(await claim(api.client, taskId)), taskId };
}

/** Up to the first training, claimed. */
export async function claimTraining(api: TestApi): Promise<Claim & { taskId: string }> {
  await finish(api, await claimNext(api));
  return claimNext(api);
}

export function heartbeat(client: ApiClient, claimed: Claim, secondsLeft = 60): Promise<Heartbeat> {
  return callApi(client, routes.heartbeat, {
    params: { attemptId: claimed.attemptId },
    body: {
      token: claimed.token,
      progress: { phase: 'train', done: 1, total: 10, loss: 3.5, secondsLeft },
    },
  });
}

export async function pushPoints(
  client: ApiClient,
  claimed: Claim,
  steps: number[],
  value = 1,
): Promise<void> {
  await callApi(client, routes.pushPoints, {
    params: { attemptId: claimed.attemptId },
    body: {
      token: claimed.token,
      points: steps.map((step) => ({ name: 'train/loss' as const, step, value })),
    },
  });
}

export async function pushCheckpoint(
  client: ApiClient,
  claimed: Claim,
  step: number,
): Promise<void> {
  await callApi(client, routes.pushCheckpoint, {
    params: { attemptId: claimed.attemptId },
    body: { token: claimed.token, step, stateSha256: sha256Of(`state ${step}`) },
  });
}

/** The lease of an attempt ended a second ago, by the clock of the database. */
export async function expire(api: TestApi, claimed: Claim): Promise<void> {
  await api.database.query(
    "UPDATE attempts SET lease_until = now() - interval '1 s' WHERE id = $1",
    [claimed.attemptId],
  );
}

export function reap(api: TestApi): Promise<void> {
  return api.app.get(Reaper).run();
}

/** Puts the files of the result into the store first. */
export async function finish(
  api: Pick<TestApi, 'client' | 'env'>,
  claimed: Claim,
  durationMs = 1000,
): Promise<void> {
  await putResult(api, claimed);
  await callApi(api.client, routes.finishAttempt, {
    params: { attemptId: claimed.attemptId },
    body: { token: claimed.token, result: resultOf(claimed), durationMs },
  });
}

export async function fail(
  client: ApiClient,
  claimed: Claim,
  failure: Partial<Failure> = {},
  engine: EngineRecord | null = null,
): Promise<void> {
  await callApi(client, routes.failAttempt, {
    params: { attemptId: claimed.attemptId },
    body: {
      token: claimed.token,
      failure: {
        code: 'child-crashed',
        message: 'signal SIGKILL',
        isRetryable: true,
        step: 12,
        ...failure,
      },
      engine,
    },
  });
}

/** Finishes every task until none is queued; gives how many there were by kind. */
export async function finishAll(api: TestApi): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  for (;;) {
    const ids = await queuedTasks(api);
    if (ids.length === 0) return done;
    for (const id of ids) {
      const claimed = await claim(api.client, id);
      await finish(api, claimed);
      done[claimed.work.kind] = (done[claimed.work.kind] ?? 0) + 1;
    }
  }
}
