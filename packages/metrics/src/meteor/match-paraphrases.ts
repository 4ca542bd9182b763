/** The matcher of phrases by a paraphrase table. */
import type { Match } from './match.js';
import { PARAPHRASE } from './modules.js';
import { findPhrases, type ParaphraseTable, type PhrasePlace } from './paraphrase-table.js';
import type { Word } from './words.js';

/**
 * Reports a match for each pair of the table whose first phrase stands in the reference and whose
 * second one stands in the candidate, and then for each pair the other way round. A pair that the
 * table has twice, or in both directions, gives its match as often. Order: place of the first
 * phrase, its length, order of the table, place of the second phrase.
 */
export function matchParaphrases(
  table: ParaphraseTable,
  candidate: readonly Word[],
  reference: readonly Word[],
  report: (match: Match) => void,
): void {
  const inCandidate = findPhrases(
    table,
    candidate.map((word) => word.paraphraseWord),
  );
  const inReference = findPhrases(
    table,
    reference.map((word) => word.paraphraseWord),
  );
  forEachPair(table, inReference, inCandidate, (first, second) => report(toMatch(first, second)));
  forEachPair(table, inCandidate, inReference, (first, second) => report(toMatch(second, first)));
}

function toMatch(reference: PhrasePlace, candidate: PhrasePlace): Match {
  return {
    refStart: reference.start,
    refLength: reference.length,
    candidateStart: candidate.start,
    candidateLength: candidate.length,
    module: PARAPHRASE,
  };
}

function forEachPair(
  table: ParaphraseTable,
  firsts: readonly PhrasePlace[],
  seconds: readonly PhrasePlace[],
  visit: (first: PhrasePlace, second: PhrasePlace) => void,
): void {
  markPhrases(seconds);
  for (const first of firsts) {
    const end = table.firstTarget[first.phrase + 1] ?? 0;
    for (let entry = table.firstTarget[first.phrase] ?? 0; entry < end; entry++) {
      const target = table.targets[entry] ?? 0;
      if (!mayBeMarked(target)) continue;
      for (const second of seconds) if (second.phrase === target) visit(first, second);
    }
  }
}

/**
 * Frequent words have thousands of paraphrases and a caption a few dozen phrases. A bit for each
 * phrase's number modulo 4096 rules nearly all of them out; small enough for the fastest cache.
 */
const marks = new Uint8Array(4096);

function markPhrases(places: readonly PhrasePlace[]): void {
  marks.fill(0);
  for (const { phrase } of places) marks[phrase & 4095] = 1;
}

function mayBeMarked(phrase: number): boolean {
  return marks[phrase & 4095] === 1;
}
