/**
 * Reads METEOR's paraphrase format: three lines an entry, namely a probability, which METEOR's
 * alignment ignores, and two phrases of words separated by blanks. UTF-8.
 */
import { MetricInputError } from '../metric-input-error.js';
import { createByteVocabulary, type ByteVocabulary } from './byte-vocabulary.js';
import { createFingerprint } from './fingerprint.js';
import { createInt32List, pushInt32 } from './int32-list.js';
import { ParaphraseTable, sortPairs } from './paraphrase-table.js';
import { createPhraseTrie, NO_WORDS } from './phrase-trie.js';

/** Takes the text in pieces, cut anywhere, so that a table never lies in memory as text. */
export interface ParaphraseParser {
  /** Lines that are complete so far. */
  readonly lines: number;
  push(bytes: Uint8Array): void;
  finish(): ParaphraseTable;
}

export interface ParaphraseOptions {
  /**
   * The words of all captions to come, as `meteorWords` gives them. Entries with other words are left
   * out of the table, which then takes less time and memory and gives those captions the same scores.
   * All entries are checked, counted and in the fingerprint either way.
   */
  readonly words?: ReadonlySet<string> | undefined;
}

/** Throws {@link MetricInputError} `invalid-paraphrase-table` that names the line. */
export function parseParaphrases(text: string, options?: ParaphraseOptions): ParaphraseTable {
  const parser = createParaphraseParser('The paraphrase table', options);
  parser.push(new TextEncoder().encode(text));
  return parser.finish();
}

/** @param source what errors call the table, such as the name of its file */
export function createParaphraseParser(
  source: string,
  { words }: ParaphraseOptions = {},
): ParaphraseParser {
  const vocabulary = createByteVocabulary();
  const wanted = words === undefined ? null : wordsAsBytes(words);
  const isWanted = createInt32List(); // by word of the vocabulary, 1 or 0; empty if all are wanted
  const phrases = createPhraseTrie();
  const firstPhrases = createInt32List();
  const secondPhrases = createInt32List();
  let firstPhrase: number | null = null; // of the entry that is read; null if it is left out
  let lines = 0;
  let rest: Uint8Array = new Uint8Array(0);
  const fingerprint = createFingerprint();

  function invalid(problem: string): MetricInputError {
    return new MetricInputError(
      'invalid-paraphrase-table',
      `${source}, line ${lines + 1}: ${problem} Each entry is three lines: a probability, a phrase, its paraphrase.`,
    );
  }

  function readLine(bytes: Uint8Array, start: number, end: number): void {
    assertLength(end - start);
    const part = lines % 3;
    if (part === 0) {
      if (!isNumber(bytes, start, end)) {
        const found = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 60)));
        throw invalid(`expected a probability, found "${found}".`);
      }
    } else if (part === 1) {
      firstPhrase = readPhrase(bytes, start, end, true);
    } else {
      const secondPhrase = readPhrase(bytes, start, end, firstPhrase !== null);
      if (firstPhrase !== null && secondPhrase !== null) {
        pushInt32(firstPhrases, firstPhrase);
        pushInt32(secondPhrases, secondPhrase);
      }
    }
    lines += 1;
  }

  function assertLength(bytes: number): void {
    if (bytes > MAX_LINE_BYTES) throw invalid(`the line is longer than ${MAX_LINE_BYTES} bytes.`);
  }

  /** @returns null for a phrase that is left out: it has a word that no caption has, or `isKept` says so */
  function readPhrase(
    bytes: Uint8Array,
    start: number,
    end: number,
    isKept: boolean,
  ): number | null {
    let phrase: number | null = isKept ? NO_WORDS : null;
    let words = 0;
    let wordStart = start;
    for (let index = start; index <= end; index++) {
      const byte = index === end ? BLANK : bytes[index];
      if (byte !== BLANK && byte !== TAB && byte !== RETURN) continue;
      if (index > wordStart) {
        const word = readWord(bytes, wordStart, index);
        words += 1;
        if (wanted !== null && isWanted.values[word] !== 1) phrase = null;
        if (phrase !== null) phrase = phrases.addChild(phrase, word);
      }
      wordStart = index + 1;
    }
    if (words === 0) throw invalid('the phrase is empty.');
    fingerprint.mix(PHRASE_END);
    return phrase;
  }

  function readWord(bytes: Uint8Array, start: number, end: number): number {
    const word = vocabulary.add(bytes, start, end);
    fingerprint.mix(word);
    if (wanted !== null && word === isWanted.length) {
      pushInt32(isWanted, wanted.findBytes(bytes, start, end) === null ? 0 : 1);
    }
    return word;
  }

  return {
    get lines() {
      return lines;
    },
    push(bytes) {
      let start = 0;
      for (;;) {
        const end = bytes.indexOf(NEWLINE, start);
        if (end === -1) break;
        if (rest.length > 0) {
          assertLength(rest.length + end - start);
          const line = concatenate(rest, bytes.subarray(start, end));
          rest = new Uint8Array(0);
          readLine(line, 0, line.length);
        } else {
          readLine(bytes, start, end);
        }
        start = end + 1;
      }
      assertLength(rest.length + bytes.length - start);
      rest = concatenate(rest, bytes.subarray(start));
    },
    finish() {
      if (rest.length > 0) readLine(rest, 0, rest.length);
      rest = new Uint8Array(0);
      if (lines === 0) throw invalid('the table is empty.');
      if (lines % 3 !== 0) throw invalid(`the table ends inside an entry, after ${lines} lines.`);
      for (const byte of vocabulary.letters()) fingerprint.mix(byte);
      return new ParaphraseTable(lines / 3, fingerprint.toString(), {
        vocabulary,
        phrases,
        ...sortPairs(firstPhrases, secondPhrases, phrases.size),
      });
    },
  };
}

const BLANK = 0x20;
const TAB = 0x09;
const RETURN = 0x0d;
const NEWLINE = 0x0a;

/** A phrase of METEOR's has a few words. The bound keeps a file without line breaks from piling up. */
const MAX_LINE_BYTES = 1 << 16;

/** In the fingerprint; no word has this number. */
const PHRASE_END = -1;

function wordsAsBytes(words: ReadonlySet<string>): ByteVocabulary {
  const encoder = new TextEncoder();
  const vocabulary = createByteVocabulary();
  for (const word of words) {
    const bytes = encoder.encode(word);
    vocabulary.add(bytes, 0, bytes.length);
  }
  return vocabulary;
}

/** Digits, sign, point and exponent: enough to notice a table that is shifted by a line. */
function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) digits += 1;
    else if (!NUMBER_SIGNS.includes(byte)) return false;
  }
  return digits > 0;
}

/** + - . E e and white space around the number. */
const NUMBER_SIGNS = [0x2b, 0x2d, 0x2e, 0x45, 0x65, BLANK, TAB, RETURN];

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
