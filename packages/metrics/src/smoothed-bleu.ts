/**
 * BLEU-4 of single captions that are word ids, as a reward beside CIDEr-D, smoothed as BLEU+1 (Lin
 * and Och 2004, ORANGE): where n > 1, matches and n-grams count one more. Without it a caption
 * that shares no 4-gram with its references earns nothing, whatever else it has in common with them.
 */
import {
  assertIdsOptions,
  assertOnePerCandidate,
  nameCandidates,
  readImageIds,
  type CaptionIds,
  type CaptionIdsOptions,
} from './caption-ids.js';
import { countMatches, type BleuStatistics } from './bleu.js';
import { MAX_ORDER, readNgrams } from './ngrams.js';

export interface SmoothedBleuOptions extends CaptionIdsOptions {
  /** [candidates], false for a caption without an end: no end mark is appended. Default: all are. */
  readonly isFinished?: ArrayLike<boolean> | undefined;
}

/**
 * Smoothed BLEU-4, 0..1, of each candidate; `references[i]` belongs to `candidates[i]`. A candidate
 * too short for an order has the factor 1 there: only the brevity penalty lowers it.
 * @throws MetricInputError `invalid-input`, `invalid-caption`, `no-images`, `no-references`,
 *   `misaligned-captions`
 */
export function scoreSmoothedBleu4(
  candidates: readonly CaptionIds[],
  references: readonly (readonly CaptionIds[])[],
  options: SmoothedBleuOptions,
): Float64Array {
  assertIdsOptions(options);
  assertOnePerCandidate(candidates.length, 'lists of references', references.length);
  const named = nameCandidates(candidates, options.isFinished);
  const ngrams = readNgrams(readImageIds(references, options, named));
  return Float64Array.from(countMatches(ngrams), smoothedBleu4);
}

function smoothedBleu4({ testLength, refLength, guess, correct }: BleuStatistics): number {
  if (correct[0] === 0) return 0;
  let product = correct[0] / guess[0];
  for (const n of [1, 2, 3] as const) product *= (correct[n] + 1) / (guess[n] + 1);
  const brevityPenalty = Math.min(1, Math.exp(1 - refLength / testLength));
  return product ** (1 / MAX_ORDER) * brevityPenalty;
}
