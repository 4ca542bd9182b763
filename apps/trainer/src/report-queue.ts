/**
 * Points and checkpoints on their way to the API: in order, in batches, sent again until they are
 * taken. While the API is away they wait here, at most as long as the lease lasts.
 */
import {
  callApi,
  routes,
  type ApiClient,
  type Claim,
  type Point,
  type Sha256,
} from '@capgrid/contracts';
import { backOff, refusalOf, wait } from './api-answers.js';
import type { Lease } from './lease.js';
import { withResolvers } from './with-resolvers.js';

/** The API takes up to 5000 points in one request. */
const POINTS_PER_REQUEST = 2000;
/** Points that come within this time travel together. */
const GATHER_MS = 500;
const CALL_TIMEOUT_MS = 10_000;

type Report =
  { type: 'points'; points: Point[] } | { type: 'checkpoint'; step: number; stateSha256: Sha256 };

export interface ReportQueue {
  addPoints(points: Point[]): void;
  addCheckpoint(step: number, stateSha256: Sha256): void;
  /** Resolves when everything is delivered, the lease has ended or the API has refused a report. */
  flush(): Promise<void>;
  /** Resolves with the error when the API refuses a report for good; later ones are not sent. */
  readonly refused: Promise<Error>;
}

/** @param onCheckpointTaken the API knows this training state now */
export function openReportQueue(
  client: ApiClient,
  claim: Claim,
  lease: Lease,
  onCheckpointTaken: (stateSha256: Sha256) => Promise<void>,
): ReportQueue {
  const waiting: Report[] = [];
  const { promise: refused, resolve: refuse } = withResolvers<Error>();
  let underWay: Report | null = null;
  let sending: Promise<void> | null = null;
  let isRefused = false;

  const deliverAll = async (): Promise<void> => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      underWay = next;
      const outcome = await untilTaken(lease, (signal) => send(client, claim, next, signal));
      underWay = null;
      if (outcome === 'lost') return;
      waiting.shift();
      if (next.type === 'checkpoint') await onCheckpointTaken(next.stateSha256);
    }
  };
  const start = (afterMs: number): void => {
    if (sending !== null || isRefused || lease.signal.aborted) return;
    sending = wait(afterMs, lease.signal)
      .then(deliverAll)
      .catch((error: unknown) => {
        isRefused = true;
        refuse(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => {
        sending = null;
      });
  };

  return {
    addPoints: (points) => {
      const last = waiting.at(-1);
      // What is under way is sealed: a point added to it now might never be sent.
      const isOpen = last?.type === 'points' && last !== underWay;
      if (isOpen && last.points.length + points.length <= POINTS_PER_REQUEST) {
        last.points.push(...points);
      } else {
        waiting.push({ type: 'points', points: [...points] });
      }
      start(GATHER_MS);
    },
    addCheckpoint: (step, stateSha256) => {
      waiting.push({ type: 'checkpoint', step, stateSha256 });
      start(0);
    },
    flush: async () => {
      while (waiting.length > 0 && !isRefused && !lease.signal.aborted) {
        start(0);
        await sending;
      }
    },
    refused,
  };
}

/**
 * Repeats a write until the API takes it. `lost`: the lease ended first; nothing may be written any
 * more. A call under way is not cut off when the lease ends: its answer is the truth.
 * @throws ApiError when the API refuses the write itself
 */
export async function untilTaken(
  lease: Lease,
  write: (signal: AbortSignal) => Promise<unknown>,
): Promise<'taken' | 'lost'> {
  for (const waitMs of backOff(200, 3000)) {
    if (lease.signal.aborted || lease.remainingMs() <= 0) return 'lost';
    try {
      const timeoutMs = Math.ceil(Math.min(CALL_TIMEOUT_MS, lease.remainingMs()));
      await write(AbortSignal.timeout(timeoutMs));
      return 'taken';
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'rejected') throw error;
      if (refusal === 'stale') {
        lease.lose('stale');
        return 'lost';
      }
      await wait(waitMs, lease.signal);
    }
  }
  return 'lost';
}

function send(client: ApiClient, claim: Claim, report: Report, signal: AbortSignal) {
  const params = { attemptId: claim.attemptId };
  const { token } = claim;
  if (report.type === 'points') {
    const body = { token, points: report.points };
    return callApi(client, routes.pushPoints, { params, body, signal });
  }
  const body = { token, step: report.step, stateSha256: report.stateSha256 };
  return callApi(client, routes.pushCheckpoint, { params, body, signal });
}
