/**
 * Words and their numbers. Ids 0 to 3 are <pad>, <unk>, <s>, </s> as in sockeye; then the words by
 * descending count, equal counts in the order of their UTF-16 units.
 */
import { DataError } from './data-error.js';

export const PAD_ID = 0;
export const UNK_ID = 1;
export const BOS_ID = 2;
export const EOS_ID = 3;
const SPECIAL_WORDS = ['<pad>', '<unk>', '<s>', '</s>'] as const;

/** Serialises to `{ "words": [...] }`, the word of id n at position n. */
export class Vocabulary {
  private readonly ids: ReadonlyMap<string, number>;

  constructor(readonly words: readonly string[]) {
    if (SPECIAL_WORDS.some((word, id) => words[id] !== word)) {
      throw new DataError(
        'vocabulary-invalid',
        `A vocabulary begins with ${SPECIAL_WORDS.join(', ')}; this one with ` +
          `${words.slice(0, SPECIAL_WORDS.length).join(', ')}. Build it with buildVocabulary.`,
      );
    }
    const ids = words.map((word, id): [string, number] => [word, id]);
    this.ids = new Map(ids.slice(SPECIAL_WORDS.length));
    if (this.ids.size + SPECIAL_WORDS.length !== words.length) {
      const twice = words.find((word, id) => words.indexOf(word) !== id) ?? '';
      throw new DataError('vocabulary-invalid', `The vocabulary has "${twice}" twice.`);
    }
  }

  get size(): number {
    return this.words.length;
  }

  /** One id per token, <unk> for words outside the vocabulary. Adds no <s> or </s>. */
  encode(tokens: readonly string[]): number[] {
    return tokens.map((token) => this.ids.get(token) ?? UNK_ID);
  }

  /** The words up to the first </s>, without <pad> and <s>. */
  decode(ids: Iterable<number>): string[] {
    const tokens: string[] = [];
    for (const id of ids) {
      if (id === EOS_ID) break;
      if (id === PAD_ID || id === BOS_ID) continue;
      const word = this.words[id];
      if (word === undefined) {
        throw new DataError(
          'vocabulary-invalid',
          `Id ${id} is outside the vocabulary of ${this.size} words. ` +
            'Decode with the vocabulary the model was trained with.',
        );
      }
      tokens.push(word);
    }
    return tokens;
  }

  toJSON(): { words: readonly string[] } {
    return { words: this.words };
  }
}

/**
 * Counts the words of the training captions (never of val or test) and keeps those that occur at
 * least `minCount` times.
 */
export function buildVocabulary(
  trainCaptions: Iterable<readonly string[]>,
  minCount: number,
): Vocabulary {
  const counts = new Map<string, number>();
  for (const tokens of trainCaptions) {
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  // Text that spells a special word must not become a second way to write its id.
  for (const word of SPECIAL_WORDS) counts.delete(word);
  if (counts.size === 0) {
    throw new DataError(
      'vocabulary-invalid',
      'No training caption has a word to learn. Raise data.maxWords, which leaves longer captions out, ' +
        'or use more images.',
    );
  }
  const kept = [...counts].filter(([, count]) => count >= minCount);
  if (kept.length === 0) {
    throw new DataError(
      'vocabulary-invalid',
      `None of ${counts.size} words of the training captions occurs ${minCount} times. ` +
        'Lower data.minCount or use more images.',
    );
  }
  kept.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return new Vocabulary([...SPECIAL_WORDS, ...kept.map(([word]) => word)]);
}
