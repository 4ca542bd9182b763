/** Plays the trainer's part of the protocol over HTTP, without computing. */
import { callApi, routes, type ApiClient, type Claim, type Failure } from '@capgrid/contracts';
import { z } from 'zod';
import { queryRows } from '../database/query-rows.js';
import { resultOf } from './fixtures.js';
import type { TestApi } from './start-test-api.js';

export async function queuedTasks(api: TestApi): Promise<string[]> {
  const rows = await queryRows(
    api.database,
    z.object({ id: z.string() }),
    "SELECT id FROM tasks WHERE status = 'queued' ORDER BY position",
  );
  return rows.map((row) => row.id);
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

export async function finish(client: ApiClient, claimed: Claim, durationMs = 1000): Promise<void> {
  await callApi(client, routes.finishAttempt, {
    params: { attemptId: claimed.attemptId },
    body: { token: claimed.token, result: resultOf(claimed), durationMs },
  });
}

export async function fail(
  client: ApiClient,
  claimed: Claim,
  failure: Partial<Failure> = {},
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
      await finish(api.client, claimed);
      done[claimed.work.kind] = (done[claimed.work.kind] ?? 0) + 1;
    }
  }
}
