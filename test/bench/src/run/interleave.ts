/**
 * Times several contenders in one run. They take turns (A B C, B C A, ...), so that whatever else the
 * machine does hits all of them, and only one computes at a time.
 */
import { setTimeout as wait } from 'node:timers/promises';

export interface Timed {
  /** Makes `count` steps; the mean time of one, in milliseconds. */
  readonly burst: (count: number) => Promise<number>;
}

export interface Timing {
  /** Mean time of one step in each burst, in the order measured; the warm-up is left out. */
  readonly burstMs: readonly number[];
  /** Steps of one burst. */
  readonly burstSteps: number;
  readonly bestMs: number;
  readonly medianMs: number;
}

export interface Rounds {
  /** Turns of each contender, warm-up not counted. */
  readonly rounds: number;
  /** A fast step is repeated until a burst takes about this long. */
  readonly burstMs: number;
  /** A contender that has used up this time drops out, but not before its third turn. */
  readonly budgetMs: number;
}

/** Threads of a pool still spin for a while after their last work. */
const PAUSE_MS = 50;
const MIN_ROUNDS = 3;
const MAX_BURST_STEPS = 1_000_000;

export async function interleave(
  contenders: readonly Timed[],
  { rounds, burstMs, budgetMs }: Rounds,
): Promise<Timing[]> {
  const runs: { timed: Timed; steps: number; usedMs: number; times: number[] }[] = [];
  for (const timed of contenders) {
    runs.push({ timed, steps: await chooseSteps(timed, burstMs), usedMs: 0, times: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    const shift = round % Math.max(1, runs.length);
    for (const run of [...runs.slice(shift), ...runs.slice(0, shift)]) {
      if (run.usedMs > budgetMs && run.times.length >= MIN_ROUNDS) continue;
      await wait(PAUSE_MS);
      const ms = await run.timed.burst(run.steps);
      run.times.push(ms);
      run.usedMs += ms * run.steps;
    }
  }
  return runs.map(({ times, steps }) => ({
    burstMs: times,
    burstSteps: steps,
    bestMs: Math.min(...times),
    medianMs: median(times),
  }));
}

/** Warms up with growing bursts until one is long enough to tell the time of a step. */
async function chooseSteps({ burst }: Timed, burstMs: number): Promise<number> {
  let steps = 1;
  for (;;) {
    const ms = Math.max(await burst(steps), 1e-6);
    if (ms * steps >= burstMs / 4 || steps >= MAX_BURST_STEPS) {
      return Math.min(MAX_BURST_STEPS, Math.max(1, Math.round(burstMs / ms)));
    }
    // The first calls compile and allocate: grow by 8 at most, so as not to trust them.
    steps = Math.min(MAX_BURST_STEPS, Math.ceil(Math.min(steps * 8, burstMs / 2 / ms)) + 1);
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
