/** Asks the API for a task. A message that came twice, late or for nothing ends here. */
import { callApi, routes, type ApiClient, type Claim } from '@capgrid/contracts';
import type { Logger } from 'pino';
import { backOff, refusalOf, wait } from './api-answers.js';

export type Claimed =
  | { type: 'claimed'; claim: Claim; claimedAtMs: number }
  /** Somebody else has it, or it is over. */
  | { type: 'not-claimed' }
  /** The API did not answer in time. It rings again for every task that nobody claims. */
  | { type: 'unreachable' };

const TIMEOUT_MS = 10_000;
const GIVE_UP_AFTER_MS = 60_000;

export async function claimTask(
  taskId: string,
  { client, trainer, log }: { client: ApiClient; trainer: string; log: Logger },
  stop: AbortSignal,
): Promise<Claimed> {
  const startedAtMs = performance.now();
  for (const waitMs of backOff(250, 5000)) {
    if (stop.aborted) return { type: 'not-claimed' };
    const claimedAtMs = performance.now();
    try {
      const claim = await callApi(client, routes.claimTask, {
        params: { taskId },
        body: { trainer },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { type: 'claimed', claim, claimedAtMs };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'stale') return { type: 'not-claimed' };
      if (refusal === 'rejected') throw error;
      if (performance.now() - startedAtMs > GIVE_UP_AFTER_MS) return { type: 'unreachable' };
      log.warn({ event: 'claim.unanswered', taskId, retryInMs: waitMs, err: error });
      await wait(waitMs, stop);
    }
  }
  return { type: 'unreachable' };
}
