/**
 * n-grams of a run as numbers, counted once and shared by BLEU, CIDEr and CIDEr-D.
 *
 * The id of a longer n-gram is found from the id of its first n - 1 words and the id of its last
 * word, in one hash table over pairs of integers (a trie, stored as a table).
 */
import type { CaptionWords } from './caption-words.js';

/** One value per n-gram order: [unigrams, bigrams, trigrams, 4-grams]. */
export type PerOrder<T> = readonly [T, T, T, T];

/** The longest n-gram that BLEU and CIDEr look at. */
export const MAX_ORDER = 4;

/** Calls `f` with 0 (unigrams) to 3 (4-grams) and keeps the results in that order. */
export function forEachOrder<T>(f: (index: 0 | 1 | 2 | 3) => T): PerOrder<T> {
  return [f(0), f(1), f(2), f(3)];
}

export interface Ngrams {
  readonly captions: CaptionWords;
  /**
   * `ids[4 * w + n]` is the id of the n-gram of order n + 1 that starts at word w of the run, or -1
   * where the caption ends before. n-grams of different orders have different ids.
   */
  readonly ids: Int32Array; // [all words * 4]
  /** Ids are 0 to count - 1; those of unigrams are the ids of their words. */
  readonly count: number;
  /** Words of an n-gram joined by one space, for every id. */
  texts(): string[];
}

/** Share of the table's slots that may be in use. */
const MAX_LOAD = 0.6;
/** Integers per slot: id of the first words, id of the last word, id of the n-gram plus 1. */
const SLOT = 4;

export function readNgrams(captions: CaptionWords): Ngrams {
  const { firstWord, words, vocabulary } = captions;
  const ids = new Int32Array(MAX_ORDER * words.length).fill(-1);
  const wordCount = vocabulary.length;
  let count = wordCount;
  // COCO has about as many different n-grams as words; a table that starts large is copied less.
  let slots = 1 << 12;
  while (slots < words.length) slots *= 2;
  let table = new Int32Array(SLOT * slots); // a slot of zeros is free

  function enlarge(): void {
    const old = table;
    slots *= 2;
    table = new Int32Array(SLOT * slots);
    for (let from = 0; from < old.length; from += SLOT) {
      const id = old[from + 2] ?? 0;
      if (id === 0) continue;
      const at = find(old[from] ?? 0, old[from + 1] ?? 0);
      table[at] = old[from] ?? 0;
      table[at + 1] = old[from + 1] ?? 0;
      table[at + 2] = id;
    }
  }

  /** Where the pair lies in the table, or the free slot where it belongs. */
  function find(prefix: number, last: number): number {
    let hash = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(last, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & (slots - 1);
    for (;;) {
      const at = SLOT * slot;
      if (table[at + 2] === 0 || (table[at] === prefix && table[at + 1] === last)) return at;
      slot = (slot + 1) & (slots - 1);
    }
  }

  function idOf(prefix: number, last: number): number {
    const at = find(prefix, last);
    const known = table[at + 2] ?? 0;
    if (known !== 0) return known - 1;
    const id = count;
    count += 1;
    table[at] = prefix;
    table[at + 1] = last;
    table[at + 2] = count; // id + 1
    if (count - wordCount > MAX_LOAD * slots) enlarge();
    return id;
  }

  for (let caption = 0; caption + 1 < firstWord.length; caption += 1) {
    const end = firstWord[caption + 1] ?? 0;
    for (let start = firstWord[caption] ?? 0; start < end; start += 1) {
      let id = words[start] ?? 0;
      ids[MAX_ORDER * start] = id;
      const longest = Math.min(MAX_ORDER, end - start);
      for (let offset = 1; offset < longest; offset += 1) {
        id = idOf(id, words[start + offset] ?? 0);
        ids[MAX_ORDER * start + offset] = id;
      }
    }
  }

  return {
    captions,
    ids,
    count,
    texts() {
      const pairs = new Int32Array(2 * count);
      for (let from = 0; from < table.length; from += SLOT) {
        const id = (table[from + 2] ?? 0) - 1;
        if (id < 0) continue;
        pairs[2 * id] = table[from] ?? 0;
        pairs[2 * id + 1] = table[from + 1] ?? 0;
      }
      // an n-gram is numbered after its first words, so these are there already
      const texts = [...vocabulary];
      for (let id = wordCount; id < count; id += 1) {
        texts.push(`${texts[pairs[2 * id] ?? 0]} ${texts[pairs[2 * id + 1] ?? 0]}`);
      }
      return texts;
    },
  };
}
