/** All matches between a candidate and a reference that METEOR's search chooses from. */
import type { PossibleMatch } from './match.js';
import type { ParaphraseMatcher } from './match-paraphrases.js';
import { matchWord } from './match-words.js';
import { PARAPHRASE } from './modules.js';
import { findPhrases, type PhrasePairs, type PhrasePlace } from './paraphrase-table.js';
import { NO_WORDS } from './phrase-trie.js';
import type { Word } from './words.js';

/**
 * By reference position, then module, then position in the candidate; paraphrases come last.
 * Positions where the same words begin have the same array, so a word that both sides repeat n times
 * takes n matches and not n * n.
 *
 * @param modules indices into METEOR_MODULES, ascending
 * @param paraphrases needed for the paraphrase module
 */
export function findPossibleMatches(
  candidate: readonly Word[],
  reference: readonly Word[],
  modules: readonly number[],
  paraphrases: ParaphraseMatcher | null,
): PossibleMatch[][] {
  const matcher = modules.includes(PARAPHRASE) ? paraphrases : null;
  const inReference = matcher === null ? [] : findPlaces(matcher.pairs, reference);
  const longestAt = longestPhrases(inReference, reference.length);

  const matchesAt: PossibleMatch[][] = [];
  const isRepeated: boolean[] = [];
  for (const [start, word] of reference.entries()) {
    const known = matchesAt[findAlike(reference, longestAt, start)];
    isRepeated.push(known !== undefined);
    const matches = known ?? [];
    matchesAt.push(matches);
    if (known === undefined) matchWord(candidate, word, modules, matches);
  }
  if (matcher !== null) {
    const inCandidate = findPlaces(matcher.pairs, candidate);
    const firstInReference = inReference.filter(({ start }) => isRepeated[start] !== true);
    matcher.match(inCandidate, firstInReference, (refStart, match) => {
      matchesAt[refStart]?.push(match);
    });
  }
  return matchesAt;
}

function findPlaces(pairs: PhrasePairs, words: readonly Word[]): PhrasePlace[] {
  return findPhrases(
    pairs,
    words.map((word) => word.paraphraseWord),
  );
}

/** Per position the longest phrase that begins there; it tells which shorter ones do. */
function longestPhrases(places: readonly PhrasePlace[], words: number): Int32Array {
  const longestAt = new Int32Array(words).fill(NO_WORDS);
  for (const { start, phrase } of places) longestAt[start] = phrase; // the longest comes last
  return longestAt;
}

/** The first position with the same word and the same phrases; the position itself if it is that. */
function findAlike(words: readonly Word[], longestAt: Int32Array, position: number): number {
  for (let earlier = 0; earlier < position; earlier++) {
    if (words[earlier] === words[position] && longestAt[earlier] === longestAt[position]) {
      return earlier;
    }
  }
  return position;
}
