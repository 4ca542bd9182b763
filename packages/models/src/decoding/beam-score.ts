/**
 * What a beam search ranks hypotheses by, in three dialects of length normalisation:
 *
 * - `per_step` (sockeye <= 1.18.8): all hypotheses are ranked by sum / LP(emitted tokens, the end
 *   mark included); a finished one stays in the beam with its score.
 * - `on_finish` (sockeye >= 1.18.9): hypotheses are chosen by their sum; one that has ended then
 *   gets sum / LP(words), once, and keeps its place with it. With the divisor `words+1` the end mark
 *   counts too. An empty caption has LP(0) = 0 with beta = 0 and the divisor `words`: a score of
 *   minus infinity, with which it leaves a beam of several at the next choice. It is the result where
 *   nothing else is left, as with a beam of 1.
 * - `sum`: never normalised.
 */
import type { DecodeSpec } from '@capgrid/contracts';

export type ScoreSettings = Pick<DecodeSpec, 'norm' | 'lengthPenalty' | 'divisor' | 'maxWords'>;

/** Of a hypothesis of `words` words with the summed log-probability `logProb`, end mark included. */
export function finishedScore(logProb: number, words: number, settings: ScoreSettings): number {
  switch (settings.norm) {
    case 'sum':
      return logProb;
    case 'per_step':
      return normalised(logProb, words + 1, settings);
    case 'on_finish':
      return normalised(logProb, settings.divisor === 'words' ? words : words + 1, settings);
  }
}

/** Of a hypothesis that goes on, `words` words so far. */
export function runningScore(logProb: number, words: number, settings: ScoreSettings): number {
  return settings.norm === 'per_step' ? normalised(logProb, words, settings) : logProb;
}

/**
 * The most that a running hypothesis can score once it has ended, or is cut after `maxWords` words
 * where its dialect ranks it then.
 *
 * Each further token adds a logarithm of a probability, so the sum S of a longer one is at most
 * `logProb` <= 0. It has at most `maxWords` tokens in the end, the end mark included, and LP does not fall
 * with the length, so 0 < LP(n) <= LP(longest) for all its lengths n that have a score, and
 * S / LP(n) <= logProb / LP(n) <= logProb / LP(longest). In the dialect `sum`, LP is 1.
 */
export function bestPossibleScore(logProb: number, settings: ScoreSettings): number {
  return finishedScore(logProb, settings.maxWords - 1, settings);
}

/** Minus infinity twice would give NaN as a difference. */
export function compareScores(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/**
 * sum / LP(n), LP(n) = (beta + n)^alpha / (beta + 1)^alpha (Wu et al. 2016, eq. 14), as the power of
 * a quotient, which stays finite where the quotient of powers does not.
 */
function normalised(
  logProb: number,
  length: number,
  { lengthPenalty: { alpha, beta } }: ScoreSettings,
): number {
  const penalty = ((beta + length) / (beta + 1)) ** alpha;
  return penalty === 0 ? Number.NEGATIVE_INFINITY : logProb / penalty;
}
