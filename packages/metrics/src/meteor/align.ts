/** METEOR's alignment of a candidate with one reference (Denkowski and Lavie 2014, section 2.1). */
import { matchParaphrases } from './match-paraphrases.js';
import { candidateEnd, type Match } from './match.js';
import { matchWord } from './match-words.js';
import { PARAPHRASE } from './modules.js';
import type { ParaphraseTable } from './paraphrase-table.js';
import { searchAlignment } from './search-alignment.js';
import type { Word } from './words.js';

/**
 * The chosen matches in the order of the reference.
 *
 * @param modules indices into METEOR_MODULES, ascending
 * @param paraphrases needed for the paraphrase module
 */
export function align(
  candidate: readonly Word[],
  reference: readonly Word[],
  modules: readonly number[],
  paraphrases: ParaphraseTable | null,
): Match[] {
  // METEOR aligns two equal captions with its first module only.
  const used = areSame(candidate, reference) ? modules.slice(0, 1) : modules;
  const matchesAt = possibleMatches(candidate, reference, used, paraphrases);
  const fixedAt = findFixed(matchesAt, candidate.length);
  const isDecided = matchesAt.every((matches, start) => matches.length === 0 || fixedAt[start]);
  if (isDecided) return fixedAt.filter((match) => match !== null);
  return searchAlignment(matchesAt, fixedAt);
}

/** By reference position, then module, then position in the candidate; paraphrases come last. */
function possibleMatches(
  candidate: readonly Word[],
  reference: readonly Word[],
  modules: readonly number[],
  paraphrases: ParaphraseTable | null,
): Match[][] {
  const matchesAt: Match[][] = [];
  for (const [refStart, word] of reference.entries()) {
    const matches: Match[] = [];
    matchWord(candidate, word, refStart, modules, matches);
    matchesAt.push(matches);
  }
  if (paraphrases !== null && modules.includes(PARAPHRASE)) {
    matchParaphrases(paraphrases, candidate, reference, (match) => {
      matchesAt[match.refStart]?.push(match);
    });
  }
  return matchesAt;
}

function areSame(candidate: readonly Word[], reference: readonly Word[]): boolean {
  return (
    candidate.length === reference.length &&
    candidate.every((word, position) => word === reference[position])
  );
}

/** The only match at its position, all of whose words on both sides are in no other match. */
function findFixed(
  matchesAt: readonly (readonly Match[])[],
  candidateLength: number,
): (Match | null)[] {
  const ofCandidate = new Uint32Array(candidateLength); // matches that use each word
  const ofReference = new Uint32Array(matchesAt.length);
  for (const matches of matchesAt) {
    for (const match of matches) {
      cover(ofCandidate, match.candidateStart, candidateEnd(match));
      cover(ofReference, match.refStart, match.refStart + match.refLength);
    }
  }
  return matchesAt.map((matches) => {
    const [match] = matches;
    const isFixed =
      match !== undefined &&
      isCoveredOnce(ofCandidate, match.candidateStart, candidateEnd(match)) &&
      isCoveredOnce(ofReference, match.refStart, match.refStart + match.refLength);
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
