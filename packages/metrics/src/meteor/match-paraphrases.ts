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
    const start = table.firstPair[first.phrase] ?? 0;
    const end = table.firstPair[first.phrase + 1] ?? 0;
    const hits =
      end - start > SEARCH_FROM
        ? searchPairs(table, start, end, seconds)
        : scanPairs(table, start, end, seconds);
    // few; the sort is stable, so equal pairs keep the order of their places
    if (hits.length > 1) hits.sort((a, b) => a.order - b.order);
    for (const { second } of hits) visit(first, second);
  }
}

/** A pair of the table whose second phrase stands in the caption. */
interface Hit {
  /** Place of the pair in the table. */
  readonly order: number;
  readonly second: PhrasePlace;
}

/** Most phrases have few paraphrases, some have thousands: only those are worth a binary search. */
const SEARCH_FROM = 256;

function scanPairs(
  table: ParaphraseTable,
  start: number,
  end: number,
  seconds: readonly PhrasePlace[],
): Hit[] {
  const hits: Hit[] = [];
  for (let pair = start; pair < end; pair++) {
    const target = table.targets[pair] ?? 0;
    if (!mayBeMarked(target)) continue;
    for (const second of seconds) {
      if (second.phrase === target) hits.push({ order: table.order[pair] ?? 0, second });
    }
  }
  return hits;
}

function searchPairs(
  table: ParaphraseTable,
  start: number,
  end: number,
  seconds: readonly PhrasePlace[],
): Hit[] {
  const hits: Hit[] = [];
  for (const second of seconds) {
    let pair = lowerBound(table.targets, start, end, second.phrase);
    for (; pair < end && table.targets[pair] === second.phrase; pair++) {
      hits.push({ order: table.order[pair] ?? 0, second });
    }
  }
  return hits;
}

/** The first index of [start, end) whose value is not below `value`. */
function lowerBound(values: Int32Array, start: number, end: number, value: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A mark for each phrase's number modulo 4096 rules out nearly all paraphrases at little cost. */
const marks = new Uint8Array(4096);

function markPhrases(places: readonly PhrasePlace[]): void {
  marks.fill(0);
  for (const { phrase } of places) marks[phrase & 4095] = 1;
}

function mayBeMarked(phrase: number): boolean {
  return marks[phrase & 4095] === 1;
}
