/** Words and n-grams of tokenised captions, shared by BLEU and CIDEr-D. */

/** One value per n-gram order: [unigrams, bigrams, trigrams, 4-grams]. */
export type PerOrder<T> = readonly [T, T, T, T];

/** The longest n-gram that BLEU and CIDEr-D look at. */
export const MAX_ORDER = 4;

/** n-gram (words joined by one space) -> how often it occurs in one caption. */
export type NgramCounts = ReadonlyMap<string, number>;

/** Calls `f` with 0 (unigrams) to 3 (4-grams) and keeps the results in that order. */
export function forEachOrder<T>(f: (index: 0 | 1 | 2 | 3) => T): PerOrder<T> {
  return [f(0), f(1), f(2), f(3)];
}

/**
 * What Python 3's `str.split()` takes as white space. It differs from JavaScript's `\s`: U+001C-1F
 * and U+0085 belong to it, U+FEFF does not. The no-break space U+00A0 does, and the PTB tokenizer
 * does put it inside tokens such as `23 3/4`: for BLEU and CIDEr-D these are two words.
 */
const PYTHON_WHITE_SPACE =
  // oxlint-disable-next-line no-control-regex -- the separators U+001C-1F belong to the set
  /[\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Words of a tokenised caption; an empty caption has none. */
export function splitWords(caption: string): string[] {
  return caption.split(PYTHON_WHITE_SPACE).filter((word) => word !== '');
}

/** Counts the n-grams of one caption for n = 1..4. */
export function countNgrams(words: readonly string[]): PerOrder<NgramCounts> {
  const counts = forEachOrder(() => new Map<string, number>());
  for (let start = 0; start < words.length; start += 1) {
    let ngram = '';
    for (const [offset, ofOrder] of counts.entries()) {
      const word = words[start + offset];
      if (word === undefined) break;
      ngram = offset === 0 ? word : `${ngram} ${word}`;
      ofOrder.set(ngram, (ofOrder.get(ngram) ?? 0) + 1);
    }
  }
  return counts;
}
