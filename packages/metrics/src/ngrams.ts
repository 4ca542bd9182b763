/** n-grams of a run as numbers, counted once and shared by BLEU, CIDEr and CIDEr-D. */
import type { CaptionWords, NumberedCaptions } from './caption-words.js';
import { NgramTable } from './ngram-table.js';

/** One value per n-gram order: [unigrams, bigrams, trigrams, 4-grams]. */
export type PerOrder<T> = readonly [T, T, T, T];

/** The longest n-gram that BLEU and CIDEr look at. */
export const MAX_ORDER = 4;

/** Calls `f` with 0 (unigrams) to 3 (4-grams) and keeps the results in that order. */
export function forEachOrder<T>(f: (index: 0 | 1 | 2 | 3) => T): PerOrder<T> {
  return [f(0), f(1), f(2), f(3)];
}

export interface Ngrams<Captions extends NumberedCaptions = NumberedCaptions> {
  readonly captions: Captions;
  /**
   * `ids[4 * w + n]` is the id of the n-gram of order n + 1 that starts at word w of the run, or -1
   * where the caption ends before. n-grams of different orders have different ids.
   */
  readonly ids: Int32Array; // [all words * 4]
  /** Ids are 0 to count - 1; those of unigrams are the ids of their words. */
  readonly count: number;
  /** The n-grams of two words and more. */
  readonly table: NgramTable;
}

export function readNgrams<Captions extends NumberedCaptions>(
  captions: Captions,
): Ngrams<Captions> {
  // COCO has about as many different n-grams as words.
  const table = new NgramTable(captions.wordCount, captions.words.length);
  const ids = numberNgrams(captions, (prefix, last) => table.idOf(prefix, last));
  return { captions, ids, count: table.count, table };
}

/**
 * `ids` of `Ngrams`.
 * @param idOf id of the n-gram that has the id of its first words and that of its last word
 */
export function numberNgrams(
  { firstWord, words }: Pick<NumberedCaptions, 'firstWord' | 'words'>,
  idOf: (prefix: number, last: number) => number,
): Int32Array {
  const ids = new Int32Array(MAX_ORDER * words.length).fill(-1);
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
  return ids;
}

/** Words of an n-gram joined by one space, for every id. */
export function ngramTexts({ captions, table }: Ngrams<CaptionWords>): string[] {
  const pairs = table.pairs();
  // an n-gram is numbered after its first words, so these are there already
  const texts = [...captions.vocabulary];
  for (let at = 0; at < pairs.length; at += 2) {
    texts.push(`${texts[pairs[at] ?? 0]} ${texts[pairs[at + 1] ?? 0]}`);
  }
  return texts;
}
