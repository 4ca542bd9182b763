/** What an answer of the API means for an attempt: go on, try again, or stop writing. */
import { ApiError } from '@capgrid/contracts';
import { setTimeout as delay } from 'node:timers/promises';

/** `stale`: another attempt owns the task now. `unreachable`: the same call may succeed later. */
export type Refusal = 'stale' | 'unreachable' | 'rejected';

export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiError)) {
    // A broken connection and a timeout are an ApiError without a status. What else comes but the
    // end of the call's own signal is a mistake of the program.
    return error instanceof Error && error.name === 'AbortError' ? 'unreachable' : 'rejected';
  }
  const { status, problem } = error;
  // The API did what was asked and says so in words of another release; it would say so again.
  if (status !== null && status >= 200 && status < 300) return 'rejected';
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
