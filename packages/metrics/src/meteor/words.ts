/**
 * Words and captions as the matchers see them. Each distinct word is looked up in the lexicon once
 * per run; from then on equal words are the same object, so matchers compare no strings.
 */
import type { MeteorLexicon } from './lexicon.js';
import { normalizeForMeteor } from './normalize.js';
import type { PhrasePairs } from './paraphrase-table.js';

export interface Word {
  readonly text: string;
  readonly isFunctionWord: boolean;
  /** Equal numbers: equal stems. */
  readonly stem: number;
  /** Ascending, distinct. */
  readonly synsets: readonly number[];
  /** Bit (synset mod 32) of each synset: two words without a common bit share no synset. */
  readonly synsetBits: number;
  /** Its number in the paraphrase table; null if no phrase has it. */
  readonly paraphraseWord: number | null;
}

export interface Caption {
  readonly words: readonly Word[];
  readonly functionWords: number;
}

/** Tokenised captions to {@link Caption}s, remembered, because references come again and again. */
export interface CaptionReader {
  read(tokenized: string): Caption;
  /** Forgets everything once too much is remembered. Captions read before no longer compare. */
  limitMemory(): void;
}

/** About 100 MB of captions of a dozen words. */
const MAX_REMEMBERED_CAPTIONS = 400_000;

/** @param maxCaptions remembered before {@link CaptionReader.limitMemory} forgets them */
export function createCaptionReader(
  lexicon: MeteorLexicon,
  paraphrases: PhrasePairs | null,
  maxCaptions: number = MAX_REMEMBERED_CAPTIONS,
): CaptionReader {
  const captions = new Map<string, Caption>();
  const words = new Map<string, Word>();
  const stems = new Map<string, number>();

  function readWord(text: string): Word {
    const known = words.get(text);
    if (known !== undefined) return known;
    const stem = lexicon.stem(text);
    const stemId = stems.get(stem) ?? stems.size;
    stems.set(stem, stemId);
    const synsets = lexicon.synsets(text);
    const word: Word = {
      text,
      isFunctionWord: lexicon.isFunctionWord(text),
      stem: stemId,
      synsets,
      synsetBits: synsets.reduce((bits, synset) => bits | (1 << (synset & 31)), 0),
      paraphraseWord: paraphrases === null ? null : paraphrases.vocabulary.find(text),
    };
    words.set(text, word);
    return word;
  }

  return {
    read(tokenized) {
      const known = captions.get(tokenized);
      if (known !== undefined) return known;
      const normalized = normalizeForMeteor(tokenized);
      const ofCaption = normalized === '' ? [] : normalized.split(' ').map(readWord);
      const caption: Caption = {
        words: ofCaption,
        functionWords: ofCaption.filter((word) => word.isFunctionWord).length,
      };
      captions.set(tokenized, caption);
      return caption;
    },
    limitMemory() {
      if (captions.size <= maxCaptions) return;
      captions.clear();
      words.clear();
      stems.clear();
    },
  };
}
