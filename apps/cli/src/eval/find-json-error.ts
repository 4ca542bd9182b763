/**
 * Where a text stops being JSON (RFC 8259). `JSON.parse` tells the place in some of its messages only,
 * and other versions of Node.js tell other ones.
 */

export interface JsonError {
  /** Both count from 1; the column counts UTF-16 units. */
  line: number;
  column: number;
  /** For example `expected "," or "]" and found "}"`. */
  problem: string;
}

/** @returns null when the text is JSON */
export function findJsonError(text: string): JsonError | null {
  const found = scan(text);
  if (found === null) return null;
  const before = text.slice(0, found.index);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    column: found.index - lineStart + 1,
    problem: found.problem,
  };
}

interface Found {
  index: number;
  problem: string;
}

/** What may come next. `first-*`: right after the bracket, where it may close at once. */
type Expected = 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'after-value' | 'end';

const EXPECTED: Record<Exclude<Expected, 'after-value'>, string> = {
  value: 'a value',
  'first-value': 'a value or "]"',
  'first-key': 'a name in double quotes or "}"',
  key: 'a name in double quotes',
  colon: '":"',
  end: 'the end',
};
const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}\p{N}_]+/uy;
/** All but control characters, the double quote and the backslash. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** An own stack instead of recursion: nesting has no limit in JSON. */
function scan(text: string): Found | null {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  let index = 0;
  const afterValue = (): Expected => (open.length === 0 ? 'end' : 'after-value');
  for (;;) {
    index += lengthOf(BLANK, text, index);
    const character = text[index];
    if (character === undefined && expected === 'end') return null;
    const inList = open.at(-1) === '[';
    const closes =
      (character === ']' && inList && (expected === 'first-value' || expected === 'after-value')) ||
      (character === '}' && !inList && (expected === 'first-key' || expected === 'after-value'));
    if (closes && open.length > 0) {
      open.pop();
      index += 1;
      expected = afterValue();
    } else if (expected === 'after-value' && character === ',') {
      index += 1;
      expected = inList ? 'value' : 'key';
    } else if (expected === 'colon' && character === ':') {
      index += 1;
      expected = 'value';
    } else if ((expected === 'key' || expected === 'first-key') && character === '"') {
      const string = scanString(text, index);
      if (typeof string !== 'number') return string;
      index = string;
      expected = 'colon';
    } else if (expected === 'value' || expected === 'first-value') {
      if (character === '[' || character === '{') {
        open.push(character);
        index += 1;
        expected = character === '[' ? 'first-value' : 'first-key';
        continue;
      }
      const end = scanScalar(text, index);
      if (end === null) return unexpected(text, index, EXPECTED[expected]);
      if (typeof end !== 'number') return end;
      index = end;
      expected = afterValue();
    } else {
      const wanted =
        expected === 'after-value' ? (inList ? '"," or "]"' : '"," or "}"') : EXPECTED[expected];
      return unexpected(text, index, wanted);
    }
  }
}

/** @returns the index after it, what is wrong in it, or null when none begins here */
function scanScalar(text: string, index: number): number | Found | null {
  if (text[index] === '"') return scanString(text, index);
  for (const word of ['true', 'false', 'null']) {
    if (text.startsWith(word, index)) return index + word.length;
  }
  const length = lengthOf(NUMBER, text, index);
  return length === 0 ? null : index + length;
}

function scanString(text: string, start: number): number | Found {
  let index = start + 1;
  for (;;) {
    index += lengthOf(PLAIN, text, index);
    const character = text[index];
    if (character === '"') return index + 1;
    if (character === undefined) return { index: start, problem: 'this string does not end' };
    if (character === '\n' || character === '\r') {
      return { index, problem: 'the line ends inside a string' };
    }
    const length = lengthOf(ESCAPE, text, index);
    if (length === 0) {
      const problem =
        character === '\\'
          ? `no such escape: ${JSON.stringify(text.slice(index, index + 2))}`
          : `control character ${JSON.stringify(character)} inside a string`;
      return { index, problem };
    }
    index += length;
  }
}

function unexpected(text: string, index: number, wanted: string): Found {
  const character = text[index];
  const word = text.slice(index, index + Math.min(20, lengthOf(WORD, text, index)));
  const found =
    character === undefined ? 'the file ends' : `found ${JSON.stringify(word || character)}`;
  return { index, problem: `expected ${wanted} and ${found}` };
}

/** Of the match of a sticky pattern at this index; 0 for none. */
function lengthOf(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0].length ?? 0;
}
