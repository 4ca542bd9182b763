/**
 * One attempt at one task, as the parent process sees it: claim it, let a child compute it, keep the
 * lease meanwhile, pass its reports on, and say how it ended. Every write carries the token of the
 * claim, so a task that was given to another trainer is never written to.
 */
import { callApi, routes, type ApiClient, type Claim, type Failure } from '@capgrid/contracts';
import type { EngineRecord, Progress } from '@capgrid/contracts';
import type { EngineKind } from '@capgrid/tensor';
import type { Logger } from 'pino';
import type { EngineChoice, ScoringFiles } from './child-messages.js';
import { claimTask } from './claim-task.js';
import { startChild, type ChildEnd, type ComputeChild } from './compute-child.js';
import { keepLease, type Lease } from './lease.js';
import { openReportQueue, untilTaken, type ReportQueue } from './report-queue.js';
import { ownStateFiles } from './state-files.js';

export interface AttemptOptions {
  client: ApiClient;
  /** Name of this trainer, for people. */
  trainer: string;
  /** The compiled child.js. */
  childFile: URL;
  /** Root of the file store. */
  store: string;
  /** null: each task takes the fastest that starts. */
  engine: EngineKind | null;
  /** Of each task. */
  engineOptions: EngineChoice;
  scoringFiles: ScoringFiles;
  log: Logger;
  /** How long children get to write a checkpoint and end when the trainer stops. */
  stopBudgetMs: number;
}

/** `not-claimed`: nothing to do here. `lost`: the lease ended, the API knows already. */
export type AttemptOutcome =
  'not-claimed' | 'unreachable' | 'finished' | 'failed' | 'cancelled' | 'stopped' | 'lost';

/** @param stop aborted when the trainer shuts down */
export async function runAttempt(
  taskId: string,
  options: AttemptOptions,
  stop: AbortSignal,
): Promise<AttemptOutcome> {
  const claimed = await claimTask(taskId, options, stop);
  if (claimed.type !== 'claimed') return claimed.type;
  const { claim, claimedAtMs } = claimed;
  const log = options.log.child({ taskId, attemptId: claim.attemptId, kind: claim.work.kind });
  log.info({ event: 'attempt.started' });

  let progress: Progress | null = null;
  let engine: EngineRecord | null = null;
  const lease = keepLease({ ...options, log, claim, claimedAtMs, progress: () => progress });
  let child: ComputeChild | null = null;
  try {
    const states = ownStateFiles(options.store, claim.work, log);
    const reports = openReportQueue(options.client, claim, lease, (sha256) =>
      states.replace(sha256),
    );
    const { store, engine: wantedEngine, engineOptions, scoringFiles } = options;
    const wanted = { engine: wantedEngine, engineOptions, scoringFiles };
    const start = { type: 'start' as const, work: claim.work, store, ...wanted };
    child = startChild(options.childFile, start, claim.trials, (report) => {
      if (report.type === 'progress') progress = report.progress;
      else if (report.type === 'engine') engine = report.engine;
      else if (report.type === 'points') reports.addPoints(report.points);
      else if (report.type === 'checkpoint') {
        reports.addCheckpoint(report.step, report.stateSha256);
      } else if (report.type === 'state-unreadable') {
        const { stateSha256, reason } = report;
        log.warn({ event: 'state.unreadable', stateSha256, reason });
      } else {
        const { groups, bestStep, steps } = report;
        log.warn({ event: 'training.untrained-weights', groups, bestStep, steps });
      }
    });
    const end = await waitForEnd(child, lease, reports, options.stopBudgetMs, stop);
    const context = { ...options, log, claim, claimedAtMs, lease, reports, engine };
    const outcome = await conclude(end, context);
    if (outcome === 'finished') await states.discard();
    log.info({ event: 'attempt.ended', outcome, durationMs: elapsedMs(claimedAtMs) });
    return outcome;
  } finally {
    lease.release();
    child?.kill();
  }
}

/** Kills the child as soon as there is no more use for it. */
async function waitForEnd(
  child: ComputeChild,
  lease: Lease,
  reports: ReportQueue,
  stopBudgetMs: number,
  stop: AbortSignal,
): Promise<ChildEnd> {
  let budget: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    child.stop();
    budget = setTimeout(() => child.kill(), stopBudgetMs);
  };
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  void lease.ended.then(() => child.kill());
  let refusal: Error | null = null;
  void reports.refused.then((error) => {
    refusal = error;
    child.kill();
  });
  const end = await child.end;
  await reports.flush();
  clearTimeout(budget);
  stop.removeEventListener('abort', onStop);
  return refusal === null ? end : { type: 'failure', failure: refusedReport(refusal) };
}

interface Conclusion {
  client: ApiClient;
  claim: Claim;
  claimedAtMs: number;
  lease: Lease;
  reports: ReportQueue;
  /** What the child computed with; null before it has started. */
  engine: EngineRecord | null;
  log: Logger;
}

async function conclude(end: ChildEnd, context: Conclusion): Promise<AttemptOutcome> {
  const { client, claim, claimedAtMs, lease } = context;
  const params = { attemptId: claim.attemptId };
  const { token } = claim;
  if (lease.end() === 'cancelled') {
    await handBack(context);
    return 'cancelled';
  }
  if (lease.end() !== null) return 'lost';
  switch (end.type) {
    case 'result': {
      const durationMs = elapsedMs(claimedAtMs);
      const body = { token, result: end.result, durationMs };
      try {
        const outcome = await untilTaken(lease, (signal) =>
          callApi(client, routes.finishAttempt, { params, body, signal }),
        );
        return outcome === 'taken' ? 'finished' : 'lost';
      } catch (cause) {
        return sendFailure(refusedReport(cause), context);
      }
    }
    case 'failure':
      return sendFailure(end.failure, context);
    case 'stopped':
      // Handed back, the task goes to another trainer at once and no budget of it is used up.
      await handBack(context);
      return 'stopped';
  }
}

async function sendFailure(
  failure: Failure,
  { client, claim, lease, engine, log }: Conclusion,
): Promise<'failed' | 'lost'> {
  log.warn({ event: 'attempt.failed', failure });
  const params = { attemptId: claim.attemptId };
  const body = { token: claim.token, failure, engine };
  const outcome = await untilTaken(lease, (signal) =>
    callApi(client, routes.failAttempt, { params, body, signal }),
  );
  return outcome === 'taken' ? 'failed' : 'lost';
}

/**
 * The child is dead by now. The API cancels the task, or queues it again when nobody asked for that.
 * Without this message it waits for the lease to run out.
 */
async function handBack({ client, claim, lease, log }: Conclusion): Promise<void> {
  const params = { attemptId: claim.attemptId };
  const body = { token: claim.token };
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(lease.remainingMs())));
  try {
    await callApi(client, routes.cancelledAttempt, { params, body, signal });
  } catch (error) {
    log.warn({ event: 'attempt.not-handed-back', err: error });
  }
}

function refusedReport(error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The API refused a report of this attempt: ${reason}`.slice(0, 4000);
  return { code: 'report-refused', message, isRetryable: false, step: null };
}

function elapsedMs(sinceMs: number): number {
  return Math.round(performance.now() - sinceMs);
}
