/** Tells the parent how far a task is, often enough for a person and no more. */
import type { Progress } from '@capgrid/contracts';
import type { FromChild } from './child-messages.js';
import { estimateSecondsLeft } from './seconds-left.js';

const EVERY_MS = 500;

export interface ProgressReports {
  /** @returns the estimate in seconds, null while nothing is known */
  report(done: number, total: number, loss?: number | null): number | null;
}

export function reportPhase(
  phase: Progress['phase'],
  tell: (message: FromChild) => Promise<void>,
): ProgressReports {
  const secondsLeft = estimateSecondsLeft();
  const isDue = every(EVERY_MS);
  return {
    report: (done, total, loss = null) => {
      const left = secondsLeft.update(done, total);
      if (!isDue() && done < total) return left;
      void tell({ type: 'progress', progress: { phase, done, total, loss, secondsLeft: left } });
      return left;
    },
  };
}

/** True when at least `intervalMs` have passed since it last said so. */
export function every(intervalMs: number): () => boolean {
  let lastMs = -Infinity;
  return () => {
    const nowMs = performance.now();
    if (nowMs - lastMs < intervalMs) return false;
    lastMs = nowMs;
    return true;
  };
}
