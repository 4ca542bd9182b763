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
 * A match that may be chosen, without its place in the reference: places where the same words begin
 * share theirs. With it stands what the search asks about it again and again.
 */
export interface PossibleMatch extends Omit<Match, 'refStart'> {
  readonly worth: number;
  /** Bit (position mod 32) of each candidate word. */
  readonly candidateBits: number;
}

export function possibleMatch(
  module: number,
  refLength: number,
  candidateStart: number,
  candidateLength: number,
): PossibleMatch {
  let candidateBits = 0;
  for (let word = candidateStart; word < candidateStart + candidateLength; word++) {
    candidateBits |= 1 << (word & 31);
  }
  const worth = searchWorth(module, refLength, candidateLength);
  return { refLength, candidateStart, candidateLength, module, worth, candidateBits };
}

export function placeMatch(refStart: number, possible: PossibleMatch): Match {
  const { refLength, candidateStart, candidateLength, module } = possible;
  return { refStart, refLength, candidateStart, candidateLength, module };
}

/**
 * What a match is worth to the search, which is not what it is worth in the score: a word counts 1
 * in an exact match and 1/2 in any other, and METEOR truncates the sum on each side to an integer.
 * So a stem, a synonym or a one-word paraphrase is worth nothing, and the search takes it only if
 * that costs no chunk and no distance.
 */
function searchWorth(module: number, refLength: number, candidateLength: number): number {
  if (module === EXACT) return refLength + candidateLength;
  return Math.floor(refLength / 2) + Math.floor(candidateLength / 2);
}

export function candidateEnd(match: Omit<Match, 'refStart'>): number {
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
