/**
 * Reads METEOR's paraphrase format: three lines an entry, namely a probability, which METEOR's
 * alignment ignores, and two phrases of words separated by blanks. UTF-8.
 */
import { MetricInputError } from '../metric-input-error.js';
import { createByteVocabulary } from './byte-vocabulary.js';
import { createFingerprint } from './fingerprint.js';
import { createInt32List, pushInt32 } from './int32-list.js';
import { sortPairs, type ParaphraseTable } from './paraphrase-table.js';
import { createPhraseTrie, NO_WORDS } from './phrase-trie.js';

/** Takes the text in pieces, cut anywhere, so that a table never lies in memory as text. */
export interface ParaphraseParser {
  /** Lines that are complete so far. */
  readonly lines: number;
  push(bytes: Uint8Array): void;
  finish(): ParaphraseTable;
}

/** Throws {@link MetricInputError} `invalid-paraphrase-table` that names the line. */
export function parseParaphrases(text: string): ParaphraseTable {
  const parser = createParaphraseParser();
  parser.push(new TextEncoder().encode(text));
  return parser.finish();
}

/** @param source what errors call the table, such as the name of its file */
export function createParaphraseParser(source = 'The paraphrase table'): ParaphraseParser {
  const vocabulary = createByteVocabulary();
  const phrases = createPhraseTrie();
  const firstPhrases = createInt32List();
  const secondPhrases = createInt32List();
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
    const part = lines % 3;
    if (part === 0) {
      if (!isNumber(bytes, start, end)) {
        const found = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 60)));
        throw invalid(`expected a probability, found "${found}".`);
      }
    } else {
      pushInt32(part === 1 ? firstPhrases : secondPhrases, readPhrase(bytes, start, end));
    }
    lines += 1;
  }

  function readPhrase(bytes: Uint8Array, start: number, end: number): number {
    let phrase = NO_WORDS;
    let wordStart = start;
    for (let index = start; index <= end; index++) {
      const byte = index === end ? BLANK : bytes[index];
      if (byte !== BLANK && byte !== TAB && byte !== RETURN) continue;
      if (index > wordStart) {
        const word = vocabulary.add(bytes, wordStart, index);
        fingerprint.mix(word);
        phrase = phrases.addChild(phrase, word);
      }
      wordStart = index + 1;
    }
    if (phrase === NO_WORDS) throw invalid('the phrase is empty.');
    fingerprint.mix(PHRASE_END);
    return phrase;
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
          const line = concatenate(rest, bytes.subarray(start, end));
          rest = new Uint8Array(0);
          readLine(line, 0, line.length);
        } else {
          readLine(bytes, start, end);
        }
        start = end + 1;
      }
      rest = concatenate(rest, bytes.subarray(start));
    },
    finish() {
      if (rest.length > 0) readLine(rest, 0, rest.length);
      rest = new Uint8Array(0);
      if (lines === 0) throw invalid('the table is empty.');
      if (lines % 3 !== 0) throw invalid(`the table ends inside an entry, after ${lines} lines.`);
      for (const byte of vocabulary.letters()) fingerprint.mix(byte);
      return {
        entries: firstPhrases.length,
        fingerprint: fingerprint.toString(),
        vocabulary,
        phrases,
        ...sortPairs(firstPhrases, secondPhrases, phrases.size),
      };
    },
  };
}

const BLANK = 0x20;
const TAB = 0x09;
const RETURN = 0x0d;
const NEWLINE = 0x0a;

/** In the fingerprint; no word has this number. */
const PHRASE_END = -1;

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
