/**
 * Keeps the lease of one attempt. Heartbeats go out from the parent process, whatever the child is
 * doing. Time is this machine's monotonic clock: the wall clocks of trainer and API may differ.
 */
import { callApi, routes, type ApiClient, type Claim, type Progress } from '@capgrid/contracts';
import type { Logger } from 'pino';
import { refusalOf, wait } from './api-answers.js';
import { withResolvers } from './with-resolvers.js';

/** `stale`: the API has given the task away. `expired`: no heartbeat came through in time. */
export type LeaseEnd = 'cancelled' | 'stale' | 'expired';

export interface Lease {
  /** Resolves when the child must be killed; never, if the attempt ends first. */
  readonly ended: Promise<LeaseEnd>;
  /** Aborted together with `ended` and by `release`. */
  readonly signal: AbortSignal;
  /** Null while the attempt may write. */
  end(): LeaseEnd | null;
  /** A write was answered with 409. */
  lose(reason: LeaseEnd): void;
  /** Milliseconds until the lease is out. */
  remainingMs(): number;
  release(): void;
}

export interface LeaseOptions {
  client: ApiClient;
  claim: Claim;
  /** When the claim was sent, by `performance.now()`. */
  claimedAtMs: number;
  progress: () => Progress | null;
  log: Logger;
}

export function keepLease(options: LeaseOptions): Lease {
  const { client, claim, log } = options;
  // The API gives the task away when the lease is out; this side has stopped one heartbeat before.
  const lengthMs = claim.leaseMs - claim.heartbeatEveryMs;
  const controller = new AbortController();
  const { promise: ended, resolve } = withResolvers<LeaseEnd>();
  let untilMs = options.claimedAtMs + lengthMs;
  let endedBy: LeaseEnd | null = null;

  const lose = (reason: LeaseEnd): void => {
    if (controller.signal.aborted) return;
    endedBy = reason;
    log.warn({ event: 'lease.ended', reason });
    resolve(reason);
    // Cancelled is an orderly end: the attempt still owns the task and says when it has stopped.
    controller.abort();
  };
  const remainingMs = (): number => untilMs - performance.now();

  const beat = async (): Promise<void> => {
    const sentAtMs = performance.now();
    // One lost answer must not use up the lease.
    const timeoutMs = Math.min(claim.heartbeatEveryMs, Math.max(1, remainingMs()));
    const timeout = AbortSignal.timeout(Math.ceil(timeoutMs));
    const answer = await callApi(client, routes.heartbeat, {
      params: { attemptId: claim.attemptId },
      body: { token: claim.token, progress: options.progress() },
      signal: AbortSignal.any([timeout, controller.signal]),
    });
    untilMs = sentAtMs + lengthMs;
    if (answer.command === 'cancel') lose('cancelled');
  };

  const keep = async (): Promise<void> => {
    let waitMs = claim.heartbeatEveryMs;
    for (;;) {
      await wait(Math.min(waitMs, Math.max(0, remainingMs())), controller.signal);
      if (controller.signal.aborted) return;
      // After a suspension of the whole machine the lease is out before this line runs.
      if (remainingMs() <= 0) return lose('expired');
      try {
        await beat();
        waitMs = claim.heartbeatEveryMs;
      } catch (error) {
        if (controller.signal.aborted) return;
        const refusal = refusalOf(error);
        if (refusal === 'rejected') log.error({ event: 'heartbeat.rejected', err: error });
        if (refusal !== 'unreachable') return lose('stale');
        const leftMs = Math.round(remainingMs());
        log.warn({ event: 'heartbeat.unanswered', remainingMs: leftMs, err: error });
        waitMs = claim.heartbeatEveryMs / 10;
      }
    }
  };
  void keep().catch((error: unknown) => {
    log.error({ event: 'heartbeat.broken', err: error });
    lose('expired');
  });

  return {
    ended,
    signal: controller.signal,
    end: () => endedBy,
    lose,
    remainingMs,
    release: () => controller.abort(),
  };
}
