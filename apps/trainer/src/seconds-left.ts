/** Estimates how long a task still takes from the units it has done. */

/** Younger rates weigh more: the first units pay for start-up and compilation. */
const WEIGHT = 0.2;

export interface SecondsLeft {
  /** Seconds until `total` at the present rate; null until a unit beyond the first is done. */
  update(done: number, total: number): number | null;
}

/** @param now milliseconds of a monotonic clock */
export function estimateSecondsLeft(now: () => number = () => performance.now()): SecondsLeft {
  let last: { done: number; atMs: number } | null = null;
  let msPerUnit: number | null = null;
  return {
    update: (done, total) => {
      const atMs = now();
      if (last === null || done <= last.done) {
        last ??= { done, atMs };
      } else {
        const rate = (atMs - last.atMs) / (done - last.done);
        msPerUnit = msPerUnit === null ? rate : WEIGHT * rate + (1 - WEIGHT) * msPerUnit;
        last = { done, atMs };
      }
      return msPerUnit === null ? null : (Math.max(0, total - done) * msPerUnit) / 1000;
    },
  };
}
