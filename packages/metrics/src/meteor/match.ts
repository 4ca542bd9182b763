/** One possible or chosen correspondence between words of the reference and of the candidate. */
import { EXACT } from './modules.js';

export interface Match {
  /** Position of the first word, from 0. */
  readonly refStart: number;
  /** Words; more than one only for paraphrases. */
  readonly refLength: number;
  readonly candidateStart: number;
  readonly candidateLength: number;
  /** Index into METEOR_MODULES. */
  readonly module: number;
}

/**
 * What a match is worth to the search, which is not what it is worth in the score: a word counts 1
 * in an exact match and 1/2 in any other, and METEOR truncates the sum on each side to an integer.
 * So a stem, a synonym or a one-word paraphrase is worth nothing, and the search takes it only if
 * that costs no chunk and no distance.
 */
export function searchWorth(match: Match): number {
  if (match.module === EXACT) return match.refLength + match.candidateLength;
  return Math.floor(match.refLength / 2) + Math.floor(match.candidateLength / 2);
}

/** How far the two sides are apart, in words. */
export function matchDistance(match: Match): number {
  return Math.abs(match.refStart - match.candidateStart);
}

export function candidateEnd(match: Match): number {
  return match.candidateStart + match.candidateLength;
}

/**
 * Chunks of an alignment in the order of the reference. A chunk ends where the next match is not
 * adjacent on both sides.
 */
export function countChunks(alignment: readonly Match[]): number {
  let chunks = 0;
  let previous: Match | undefined;
  for (const match of alignment) {
    const continues =
      previous !== undefined &&
      previous.refStart + previous.refLength === match.refStart &&
      candidateEnd(previous) === match.candidateStart;
    if (!continues) chunks += 1;
    previous = match;
  }
  return chunks;
}
