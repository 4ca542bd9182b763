/** The matchers of single words: exact, stem and synonym. */
import { possibleMatch, type PossibleMatch } from './match.js';
import type { Word } from './words.js';

/**
 * Appends the matches of one reference word, by module and then by position in the candidate. Two
 * words may match twice, by stem and by synonym; both matches count as possible.
 */
export function matchWord(
  candidate: readonly Word[],
  reference: Word,
  modules: readonly number[],
  matches: PossibleMatch[],
): void {
  for (const module of modules) {
    const isMatch = WORD_MATCHERS[module];
    if (isMatch === undefined) continue;
    for (let position = 0; position < candidate.length; position++) {
      const word = candidate[position];
      if (word !== undefined && isMatch(word, reference)) {
        matches.push(possibleMatch(module, 1, position, 1));
      }
    }
  }
}

type WordMatcher = (a: Word, b: Word) => boolean;

/** In the order of METEOR_MODULES; paraphrases are no matter of single words. */
const WORD_MATCHERS: readonly WordMatcher[] = [
  (a, b) => a === b,
  (a, b) => a.stem === b.stem && a !== b,
  areSynonyms,
];

/**
 * Synset numbers carry no part of speech, so a noun and a verb that stand at the same place of
 * their WordNet files count as synonyms. METEOR's scores contain these chance pairs.
 */
function areSynonyms(a: Word, b: Word): boolean {
  return (a.synsetBits & b.synsetBits) !== 0 && a !== b && intersect(a.synsets, b.synsets);
}

function intersect(a: readonly number[], b: readonly number[]): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const difference = (a[i] ?? 0) - (b[j] ?? 0);
    if (difference === 0) return true;
    if (difference < 0) i += 1;
    else j += 1;
  }
  return false;
}
