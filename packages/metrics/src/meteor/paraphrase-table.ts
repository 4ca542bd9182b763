/** METEOR's paraphrase table in memory: pairs of phrases of one or more words. */
import type { ByteVocabulary } from './byte-vocabulary.js';
import type { Int32List } from './int32-list.js';
import { NO_WORDS, type PhraseTrie } from './phrase-trie.js';

export interface ParaphraseTable {
  /** Pairs, duplicates included. */
  readonly entries: number;
  /** 16 hexadecimal digits that name the pairs in their order; probabilities do not count. */
  readonly fingerprint: string;
  readonly vocabulary: Pick<ByteVocabulary, 'size' | 'find'>;
  readonly phrases: Pick<PhraseTrie, 'size' | 'child'>;
  /** The second phrases of phrase p are targets[firstTarget[p], firstTarget[p + 1]), in table order. */
  readonly firstTarget: Int32Array;
  readonly targets: Int32Array;
}

/** A place where a phrase of the table, or the beginning of one, stands in a caption. */
export interface PhrasePlace {
  readonly phrase: number;
  readonly start: number;
  /** Words. */
  readonly length: number;
}

/** Groups pairs by their first phrase and keeps their order otherwise. */
export function groupByFirstPhrase(
  sources: Int32List,
  targets: Int32List,
  phrases: number,
): Pick<ParaphraseTable, 'firstTarget' | 'targets'> {
  const firstTarget = new Int32Array(phrases + 1);
  for (let entry = 0; entry < sources.length; entry++) {
    const after = (sources.values[entry] ?? 0) + 1;
    firstTarget[after] = (firstTarget[after] ?? 0) + 1;
  }
  for (let phrase = 0; phrase < phrases; phrase++) {
    firstTarget[phrase + 1] = (firstTarget[phrase + 1] ?? 0) + (firstTarget[phrase] ?? 0);
  }
  const grouped = new Int32Array(sources.length);
  const filled = firstTarget.slice();
  for (let entry = 0; entry < sources.length; entry++) {
    const source = sources.values[entry] ?? 0;
    const place = filled[source] ?? 0;
    grouped[place] = targets.values[entry] ?? 0;
    filled[source] = place + 1;
  }
  return { firstTarget, targets: grouped };
}

/**
 * Every place of a caption where a phrase begins, by start and then by length.
 *
 * @param words numbers of the caption's words; null for a word that no phrase has
 */
export function findPhrases(
  table: ParaphraseTable,
  words: readonly (number | null)[],
): PhrasePlace[] {
  const places: PhrasePlace[] = [];
  for (let start = 0; start < words.length; start++) {
    let phrase: number | null = NO_WORDS;
    for (let end = start; end < words.length; end++) {
      const word = words[end] ?? null;
      phrase = word === null ? null : table.phrases.child(phrase, word);
      if (phrase === null) break;
      places.push({ phrase, start, length: end - start + 1 });
    }
  }
  return places;
}
