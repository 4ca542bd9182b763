/**
 * All captions of a run as numbers: every different word gets an id once, and whatever counts or
 * compares words after that works on integers.
 */
import { assertAligned } from './assert-aligned.js';

/**
 * Captions lie one after the other: the candidate of an image, then its references, then the next
 * image. Image i has the captions `firstCaption[i]` (the candidate) up to `firstCaption[i + 1]`.
 */
export interface NumberedCaptions {
  readonly images: number;
  readonly firstCaption: Int32Array; // [images + 1]
  /** Caption c has the words `firstWord[c]` up to `firstWord[c + 1]` of `words`. */
  readonly firstWord: Int32Array; // [captions + 1]
  readonly words: Int32Array; // [all words], ids
  /** Ids of words are 0 to wordCount - 1. */
  readonly wordCount: number;
}

/** The same with what the numbers stand for. */
export interface CaptionWords extends NumberedCaptions {
  /** Word of each id. */
  readonly vocabulary: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
  /** 1 where splitting at each single space gives the same words: ROUGE-L splits that way. */
  readonly isSingleSpaced: Uint8Array; // [captions]
}

/** Reads tokenised captions; `references[i]` belongs to `candidates[i]`. */
export function readCaptionWords(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
): CaptionWords {
  assertAligned(candidates, references);
  const images = candidates.length;
  const captions = references.reduce((sum, ofImage) => sum + ofImage.length, images);
  const firstCaption = new Int32Array(images + 1);
  const firstWord = new Int32Array(captions + 1);
  const isSingleSpaced = new Uint8Array(captions);
  const vocabulary: string[] = [];
  const ids = new Map<string, number>();
  let words = new Int32Array(16 * captions);
  let length = 0;
  let caption = 0;

  function addWord(word: string): void {
    let id = ids.get(word);
    if (id === undefined) {
      id = vocabulary.length;
      vocabulary.push(word);
      ids.set(word, id);
    }
    if (length === words.length) words = grown(words);
    words[length] = id;
    length += 1;
  }

  function addCaption(text: string): void {
    const odd = forEachWord(text, addWord);
    isSingleSpaced[caption] = odd ? 0 : 1;
    caption += 1;
    firstWord[caption] = length;
  }

  for (const [image, candidate] of candidates.entries()) {
    addCaption(candidate);
    for (const reference of references[image] ?? []) addCaption(reference);
    firstCaption[image + 1] = caption;
  }
  return {
    images,
    firstCaption,
    firstWord,
    words: words.subarray(0, length),
    wordCount: vocabulary.length,
    vocabulary,
    ids,
    isSingleSpaced,
  };
}

/** Words of a tokenised caption; an empty caption has none. */
export function splitWords(caption: string): string[] {
  const words: string[] = [];
  forEachWord(caption, (word) => words.push(word));
  return words;
}

/** Says whether anything but one U+0020 between two words was there to separate them. */
function forEachWord(text: string, visit: (word: string) => void): boolean {
  let odd = false;
  let start = 0;
  for (let end = 0; end <= text.length; end += 1) {
    const code = end === text.length ? SPACE : text.charCodeAt(end);
    if (!isWhiteSpace(code)) continue;
    if (code !== SPACE || end === start) odd = true;
    if (end > start) visit(text.slice(start, end));
    start = end + 1;
  }
  return odd;
}

const SPACE = 0x20;

/**
 * What Python 3's `str.split()` takes as white space. It differs from JavaScript's `\s`: U+001C-1F
 * and U+0085 belong to it, U+FEFF does not. The no-break space U+00A0 does, and the PTB tokenizer
 * does put it inside tokens such as `23 3/4`: for BLEU and CIDEr these are two words.
 */
function isWhiteSpace(code: number): boolean {
  if (code <= SPACE) return code >= 0x1c || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
