/** The matcher of phrases by a paraphrase table. */
import { possibleMatch, type PossibleMatch } from './match.js';
import { PARAPHRASE } from './modules.js';
import type { PhrasePairs, PhrasePlace } from './paraphrase-table.js';

export interface ParaphraseMatcher {
  readonly pairs: PhrasePairs;
  /**
   * Reports a match for each pair of the table whose first phrase stands in the reference and whose
   * second one stands in the candidate, and then for each pair the other way round. A pair that the
   * table has twice, or in both directions, gives its match as often. Order: place of the first
   * phrase, its length, order of the table, place of the second phrase.
   */
  match(
    inCandidate: readonly PhrasePlace[],
    inReference: readonly PhrasePlace[],
    report: (refStart: number, match: PossibleMatch) => void,
  ): void;
}

export function createParaphraseMatcher(pairs: PhrasePairs): ParaphraseMatcher {
  /** A mark for each phrase's number modulo 4096 rules out nearly all paraphrases at little cost. */
  const marks = new Uint8Array(MARKS);

  function forEachPair(
    firsts: readonly PhrasePlace[],
    seconds: readonly PhrasePlace[],
    visit: (first: PhrasePlace, second: PhrasePlace) => void,
  ): void {
    for (const { phrase } of seconds) marks[phrase & (MARKS - 1)] = 1;
    for (const first of firsts) {
      const start = pairs.firstPair[first.phrase] ?? 0;
      const end = pairs.firstPair[first.phrase + 1] ?? 0;
      const hits =
        end - start > SEARCH_FROM
          ? searchPairs(pairs, start, end, seconds)
          : scanPairs(start, end, seconds);
      // few; the sort is stable, so equal pairs keep the order of their places
      if (hits.length > 1) hits.sort((a, b) => a.order - b.order);
      for (const { second } of hits) visit(first, second);
    }
    for (const { phrase } of seconds) marks[phrase & (MARKS - 1)] = 0;
  }

  function scanPairs(start: number, end: number, seconds: readonly PhrasePlace[]): Hit[] {
    const hits: Hit[] = [];
    for (let pair = start; pair < end; pair++) {
      const target = pairs.targets[pair] ?? 0;
      if (marks[target & (MARKS - 1)] !== 1) continue;
      for (const second of seconds) {
        if (second.phrase === target) hits.push({ order: pairs.order[pair] ?? 0, second });
      }
    }
    return hits;
  }

  return {
    pairs,
    match(inCandidate, inReference, report) {
      const visit = (reference: PhrasePlace, candidate: PhrasePlace): void => {
        const { start, length } = candidate;
        report(reference.start, possibleMatch(PARAPHRASE, reference.length, start, length));
      };
      forEachPair(inReference, inCandidate, visit);
      forEachPair(inCandidate, inReference, (first, second) => visit(second, first));
    },
  };
}

/** A power of 2. */
const MARKS = 4096;

/** A pair of the table whose second phrase stands in the caption. */
interface Hit {
  /** Place of the pair in the table. */
  readonly order: number;
  readonly second: PhrasePlace;
}

/** Most phrases have few paraphrases, some have thousands: only those are worth a binary search. */
const SEARCH_FROM = 256;

function searchPairs(
  pairs: PhrasePairs,
  start: number,
  end: number,
  seconds: readonly PhrasePlace[],
): Hit[] {
  const hits: Hit[] = [];
  for (const second of seconds) {
    let pair = lowerBound(pairs.targets, start, end, second.phrase);
    for (; pair < end && pairs.targets[pair] === second.phrase; pair++) {
      hits.push({ order: pairs.order[pair] ?? 0, second });
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
