/** Whether two contenders wrote the same captions. */
import { BenchError } from '../run/bench-error.js';
import type { Answer } from '../run/line-child.js';

/** The best caption of one image. */
export interface Written {
  readonly tokens: readonly number[];
  /** What the search ranks by: the mean log-probability of its tokens, the end mark included. */
  readonly score: number;
}

/** Absolute. Float32 sums in another order differ by 1e-6, TF32 products on CUDA by 1e-3. */
const SCORE_TOLERANCE = 1e-2;

/** Two hypotheses that are equally good but for rounding may come in either order. */
const LEAST_SAME_SHARE = 0.95;

/** How many captions are the same, word for word, and null or what is wrong. */
export function agreement(
  expected: readonly Written[],
  actual: readonly Written[],
): { same: number; problem: string | null } {
  const same = actual.filter(
    ({ tokens }, image) => tokens.join() === expected[image]?.tokens.join(),
  ).length;
  const total = expected.length;
  if (actual.length !== total) return { same, problem: `${actual.length} instead of ${total}.` };
  if (same < LEAST_SAME_SHARE * total)
    return { same, problem: `${same} of ${total} are the same.` };
  const other = actual.find(
    ({ score }, image) => !(Math.abs(score - (expected[image]?.score ?? NaN)) <= SCORE_TOLERANCE),
  );
  return {
    same,
    problem:
      other === undefined ? null : `"${other.tokens.join(' ')}" has the score ${other.score}.`,
  };
}

export function captionsIn(answer: Answer): Written[] {
  const captions = answer['captions'];
  if (Array.isArray(captions)) return captions as Written[];
  throw new BenchError(`An answer has no "captions": ${JSON.stringify(answer).slice(0, 200)}`);
}
