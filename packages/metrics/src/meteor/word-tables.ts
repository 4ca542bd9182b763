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

const CODE_A = 65;
const CODE_Z = 90;
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
    basesOf: (form) => bases.get(form),
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

function readSynsets(
  text: string,
  words: number,
): { starts: Uint32Array<ArrayBuffer>; numbers: Uint32Array<ArrayBuffer> } {
  const starts = new Uint32Array(words + 1);
  const numbers: number[] = [];
  let fresh = 0;
  text.split(' ').forEach((entry, word) => {
    const dot = entry.indexOf('.');
    const count = dot === 0 ? 0 : parseInt(dot === -1 ? entry : entry.slice(0, dot), 36);
    for (let at = dot + 1; dot !== -1 && at < entry.length; at += BACK_REFERENCE_LENGTH) {
      numbers.push(readNumber(entry, at));
    }
    for (const end = fresh + count; fresh < end; fresh += 1) numbers.push(fresh);
    starts[word + 1] = numbers.length;
  });
  return { starts, numbers: Uint32Array.from(numbers) };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGIT_VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, DIGITS.indexOf(String.fromCharCode(code))),
);

function readNumber(text: string, start: number): number {
  let value = 0;
  for (let at = start; at < start + BACK_REFERENCE_LENGTH; at += 1) {
    value = value * 64 + (DIGIT_VALUES[text.charCodeAt(at)] ?? 0);
  }
  return value;
}

function readExceptions(text: string): Map<string, string[]> {
  return new Map(
    text.split('\n').map((line) => {
      const [form = '', ...bases] = line.split(' ');
      return [form, bases];
    }),
  );
}
