/** METEOR's alignment of a candidate with one reference (Denkowski and Lavie 2014, section 2.1). */
import { candidateEnd, placeMatch, type Match, type PossibleMatch } from './match.js';
import type { ParaphraseMatcher } from './match-paraphrases.js';
import { findPossibleMatches } from './possible-matches.js';
import { searchAlignment, type Alignment } from './search-alignment.js';
import type { Word } from './words.js';

/**
 * @param modules indices into METEOR_MODULES, ascending
 * @param paraphrases needed for the paraphrase module
 */
export function align(
  candidate: readonly Word[],
  reference: readonly Word[],
  modules: readonly number[],
  paraphrases: ParaphraseMatcher | null,
): Alignment {
  // METEOR aligns two equal captions with its first module only.
  const used = areSame(candidate, reference) ? modules.slice(0, 1) : modules;
  const matchesAt = findPossibleMatches(candidate, reference, used, paraphrases);
  const fixedAt = findFixed(matchesAt, candidate.length);
  const isDecided = matchesAt.every((matches, start) => matches.length === 0 || fixedAt[start]);
  if (!isDecided) return searchAlignment(matchesAt, fixedAt, candidate.length);
  const matches: Match[] = [];
  for (const [start, match] of fixedAt.entries()) {
    if (match !== null) matches.push(placeMatch(start, match));
  }
  return { matches, steps: 0 };
}

function areSame(candidate: readonly Word[], reference: readonly Word[]): boolean {
  return (
    candidate.length === reference.length &&
    candidate.every((word, position) => word === reference[position])
  );
}

/** The only match at its position, all of whose words on both sides are in no other match. */
function findFixed(
  matchesAt: readonly (readonly PossibleMatch[])[],
  candidateLength: number,
): (PossibleMatch | null)[] {
  const ofCandidate = new Uint32Array(candidateLength); // matches that use each word
  const ofReference = new Uint32Array(matchesAt.length);
  for (const [start, matches] of matchesAt.entries()) {
    for (const match of matches) {
      cover(ofCandidate, match.candidateStart, candidateEnd(match));
      cover(ofReference, start, start + match.refLength);
    }
  }
  return matchesAt.map(([match], start) => {
    const isFixed =
      match !== undefined &&
      isCoveredOnce(ofCandidate, match.candidateStart, candidateEnd(match)) &&
      isCoveredOnce(ofReference, start, start + match.refLength);
    return isFixed ? match : null;
  });
}

function cover(counts: Uint32Array, start: number, end: number): void {
  for (let position = start; position < end; position++) {
    counts[position] = (counts[position] ?? 0) + 1;
  }
}

function isCoveredOnce(counts: Uint32Array, start: number, end: number): boolean {
  for (let position = start; position < end; position++) {
    if (counts[position] !== 1) return false;
  }
  return true;
}
