/** What an answer of the API means for an attempt: go on, try again, or stop writing. */
import { ApiError } from '@capgrid/contracts';
import { setTimeout as delay } from 'node:timers/promises';

/** `stale`: another attempt owns the task now. `unreachable`: the same call may succeed later. */
export type Refusal = 'stale' | 'unreachable' | 'rejected';

export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiError)) {
    // The connection broke while the answer was on its way.
    return isBrokenConnection(error) ? 'unreachable' : 'rejected';
  }
  const { status, problem } = error;
  // Without a problem in its body it was no answer of the API: a proxy, or nothing at all.
  if (status === null || problem === null) return 'unreachable';
  if (status === 409 || status === 404 || status === 410) return 'stale';
  return status === 408 || status === 429 || status >= 500 ? 'unreachable' : 'rejected';
}

/** Waits between tries, in milliseconds: doubling, and no longer than `mostMs`. */
export function* backOff(firstMs: number, mostMs: number): Generator<number, never> {
  for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 2, mostMs)) yield waitMs;
}

/** Ends early, without an error, when `signal` is aborted. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function isBrokenConnection(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
  );
}
