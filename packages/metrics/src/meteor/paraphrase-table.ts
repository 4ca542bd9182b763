/** METEOR's paraphrase table in memory: pairs of phrases of one or more words. */
import type { ByteVocabulary } from './byte-vocabulary.js';
import type { Int32List } from './int32-list.js';
import { NO_WORDS, type PhraseTrie } from './phrase-trie.js';

/**
 * Exported as a type only: `parseParaphrases` and `readParaphrases` make tables, and what a table
 * holds is nobody's business outside the paraphrase module.
 */
export class ParaphraseTable {
  readonly #pairs: PhrasePairs;

  constructor(
    /** Pairs of the whole table, duplicates included, also those left out for the words they have. */
    readonly entries: number,
    /** 16 hexadecimal digits that name the pairs in their order; probabilities do not count. */
    readonly fingerprint: string,
    pairs: PhrasePairs,
  ) {
    this.#pairs = pairs;
  }

  static isTable(value: unknown): value is ParaphraseTable {
    return typeof value === 'object' && value !== null && #pairs in value;
  }

  static pairsOf(table: ParaphraseTable): PhrasePairs {
    return table.#pairs;
  }
}

export interface PhrasePairs {
  readonly vocabulary: Pick<ByteVocabulary, 'size' | 'find'>;
  readonly phrases: Pick<PhraseTrie, 'size' | 'child'>;
  /** The pairs that begin with phrase p stand at [firstPair[p], firstPair[p + 1]) of the next two. */
  readonly firstPair: Int32Array;
  /** The second phrase of each pair, ascending among the pairs of one first phrase. */
  readonly targets: Int32Array;
  /** Where each pair stands in the table, counted without those left out. */
  readonly order: Int32Array;
}

/** A place where a phrase of the table, or the beginning of one, stands in a caption. */
export interface PhrasePlace {
  readonly phrase: number;
  readonly start: number;
  /** Words. */
  readonly length: number;
}

/** Sorts pairs by first phrase, then by second phrase, then by their order in the table. */
export function sortPairs(
  sources: Int32List,
  targets: Int32List,
  phrases: number,
): Pick<PhrasePairs, 'firstPair' | 'targets' | 'order'> {
  // Two counting sorts, the minor key first, as in a radix sort.
  const byTarget = countingSort(null, targets, phrases).sorted;
  const { sorted: order, starts: firstPair } = countingSort(byTarget, sources, phrases);
  return { firstPair, targets: order.map((pair) => targets.values[pair] ?? 0), order };
}

/**
 * Sorts pairs by a key below `keys` and keeps their order otherwise.
 *
 * @param pairs the pairs in their present order; null for the order of the table
 */
function countingSort(
  pairs: Int32Array | null,
  keyOf: Int32List,
  keys: number,
): { sorted: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(keys + 1);
  for (let pair = 0; pair < keyOf.length; pair++) {
    const after = (keyOf.values[pair] ?? 0) + 1;
    starts[after] = (starts[after] ?? 0) + 1;
  }
  for (let key = 0; key < keys; key++) {
    starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0);
  }
  const sorted = new Int32Array(keyOf.length);
  const next = starts.slice();
  for (let index = 0; index < keyOf.length; index++) {
    const pair = pairs === null ? index : (pairs[index] ?? 0);
    const key = keyOf.values[pair] ?? 0;
    const place = next[key] ?? 0;
    sorted[place] = pair;
    next[key] = place + 1;
  }
  return { sorted, starts };
}

/**
 * Every place of a caption where a phrase begins, by start and then by length.
 *
 * @param words numbers of the caption's words; null for a word that no phrase has
 */
export function findPhrases(pairs: PhrasePairs, words: readonly (number | null)[]): PhrasePlace[] {
  const places: PhrasePlace[] = [];
  for (let start = 0; start < words.length; start++) {
    let phrase: number | null = NO_WORDS;
    for (let end = start; end < words.length; end++) {
      const word = words[end] ?? null;
      phrase = word === null ? null : pairs.phrases.child(phrase, word);
      if (phrase === null) break;
      places.push({ phrase, start, length: end - start + 1 });
    }
  }
  return places;
}
