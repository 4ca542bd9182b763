/** Reads the compiled word lists of WordNet; `resources/wordnet.d.ts` says how they are written. */

export interface CompiledWordNet {
  readonly version: string;
  readonly words: string;
  readonly synsets: string;
  readonly exceptions: string;
}

export interface WordTables {
  readonly isWord: (word: string) => boolean;
  /** Numbers of the word itself, without regard to its bases: ascending, distinct. */
  readonly synsetsOf: (word: string) => Uint32Array;
  /** Bases of an irregular form. */
  readonly basesOf: (form: string) => readonly string[] | undefined;
}

const CODE_BLANK = 32;
const CODE_DOT = 46;
const CODE_0 = 48;
const CODE_9 = 57;
const CODE_A = 65;
const CODE_Z = 90;
const CODE_LOWER_A = 97;
const BACK_REFERENCE_LENGTH = 3;
const NONE = new Uint32Array(0);

export function readWordTables(compiled: CompiledWordNet): WordTables {
  const indexes = readWords(compiled.words);
  const { starts, numbers } = readSynsets(compiled.synsets, indexes.size);
  const bases = readExceptions(compiled.exceptions);
  return {
    isWord: (word) => indexes.has(word),
    synsetsOf: (word) => {
      const index = indexes.get(word);
      return index === undefined ? NONE : numbers.subarray(starts[index], starts[index + 1]);
    },
    basesOf: (form) => bases.get(form)?.split(' '),
  };
}

function readWords(text: string): Map<string, number> {
  const indexes = new Map<string, number>();
  let word = '';
  let start = 0;
  while (start < text.length) {
    let end = start + 1;
    while (end < text.length && !isUpperCase(text.charCodeAt(end))) end += 1;
    word = word.slice(0, text.charCodeAt(start) - CODE_A) + text.slice(start + 1, end);
    indexes.set(word, indexes.size);
    start = end;
  }
  return indexes;
}

function isUpperCase(code: number): boolean {
  return code >= CODE_A && code <= CODE_Z;
}

// Character by character: this runs at every start, when nothing is compiled yet.
function readSynsets(text: string, words: number): { starts: Uint32Array; numbers: Uint32Array } {
  const starts = new Uint32Array(words + 1);
  const numbers: number[] = [];
  let fresh = 0;
  let at = 0;
  for (let word = 1; word <= words; word += 1) {
    let count = 0;
    let code = text.charCodeAt(at);
    while (code > CODE_DOT) {
      count = count * 36 + (code <= CODE_9 ? code - CODE_0 : code - CODE_LOWER_A + 10);
      at += 1;
      code = text.charCodeAt(at);
    }
    if (code === CODE_DOT) {
      at += 1;
      for (; at < text.length && text.charCodeAt(at) !== CODE_BLANK; at += BACK_REFERENCE_LENGTH) {
        numbers.push(readBackReference(text, at));
      }
    }
    for (const end = fresh + count; fresh < end; fresh += 1) numbers.push(fresh);
    starts[word] = numbers.length;
    at += 1;
  }
  return { starts, numbers: Uint32Array.from(numbers) };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGIT_VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, DIGITS.indexOf(String.fromCharCode(code))),
);

function readBackReference(text: string, start: number): number {
  let value = 0;
  for (let at = start; at < start + BACK_REFERENCE_LENGTH; at += 1) {
    value = value * 64 + (DIGIT_VALUES[text.charCodeAt(at)] ?? 0);
  }
  return value;
}

/** Bases of each form, still as one text. */
function readExceptions(text: string): Map<string, string> {
  const bases = new Map<string, string>();
  for (const line of text.split('\n')) {
    const blank = line.indexOf(' ');
    bases.set(line.slice(0, blank), line.slice(blank + 1));
  }
  return bases;
}
