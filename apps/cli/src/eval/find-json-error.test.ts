import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonError } from './find-json-error.js';

test.each([
  ['', 1, 1, 'expected a value and the file ends'],
  ['not json', 1, 1, 'expected a value and found "not"'],
  ['[1, 2,]', 1, 7, 'expected a value and found "]"'],
  ['[1\n 2]', 2, 2, 'expected "," or "]" and found "2"'],
  ['{"a": 1\n,\n  b: 2}', 3, 3, 'expected a name in double quotes and found "b"'],
  ['{"a" 1}', 1, 6, 'expected ":" and found "1"'],
  ["{'a': 1}", 1, 2, 'expected a name in double quotes or "}" and found "\'"'],
  ['[NaN]', 1, 2, 'expected a value or "]" and found "NaN"'],
  ['[-Infinity]', 1, 2, 'expected a value or "]" and found "-"'],
  ['[01]', 1, 3, 'expected "," or "]" and found "1"'],
  ['["a\\x"]', 1, 4, 'no such escape: "\\\\x"'],
  ['["a\nb"]', 1, 4, 'the line ends inside a string'],
  ['["a\tb"]', 1, 4, 'control character "\\t" inside a string'],
  ['[\n"abc', 2, 1, 'this string does not end'],
  ['{"a": {"b": [1, 2', 1, 18, 'expected "," or "]" and the file ends'],
  ['[1}', 1, 3, 'expected "," or "]" and found "}"'],
  ['{"a":1}\n{"a":2}', 2, 1, 'expected the end and found "{"'],
  [']', 1, 1, 'expected a value and found "]"'],
])('%j stops being JSON at line %i, column %i', (text, line, column, problem) => {
  expect(findJsonError(text)).toEqual({ line, column, problem });
});

test('it accepts what JSON.parse accepts, and nothing else', () => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const marks = '[]{},:"\\/bu0123456789eE+-. \t\n\u0001aé'.split('');
  const pieces = fc.constantFrom(...marks, 'true', 'null', '"a"');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        expect(findJsonError(text) === null).toBe(parses(text));
      },
    ),
    { numRuns: 5000 },
  );
});

test('nesting has no limit', () => {
  expect(findJsonError('['.repeat(200_000) + ']'.repeat(200_000))).toBeNull();
});
