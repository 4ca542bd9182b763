/** The tokenizer on any input: never an error, one line for each caption, linear work. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenizeCaption, tokenizeCaptions, tokenizeWithPunctuation } from './tokenize-captions.js';
import { Tokenizer } from './tokenizer.js';

/** Any UTF-16 code units, lone surrogates among them. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((codeUnits) => String.fromCharCode(...codeUnits));

/** What the rules are about, in any order. */
const SIGNS = `abnstAKUI059"'’\`.,;:?!-–_()[]{}<>/&#@$%*^=~+|\\ \t\n\u00A0\u00AD½²é日\u200B`;
const PIECES = [
  ...Array.from(SIGNS),
  "n't",
  "'s",
  '&amp;',
  '&lt;',
  'http://',
  'www.',
  '.com',
  'etc.',
  'No. ',
  'U.S.',
  'A ',
  '1/2',
  '555 ',
  '😀',
];
const craftedText = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 30 })
  .map((pieces) => pieces.join(''));

const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/;

describe('any caption', () => {
  it.for([
    { kind: 'of random code units', text: anyText, runs: 500 },
    { kind: 'made of pieces of the grammar', text: craftedText, runs: 1000 },
  ])('$kind becomes tokens with single blanks between them on one line', ({ text, runs }) => {
    fc.assert(
      fc.property(text, (caption) => {
        const tokenized = tokenizeCaption(caption);
        expect(tokenized).not.toMatch(LINE_BREAK);
        expect(tokenized).not.toMatch(/^ | $| {2}/);
        expect(tokenized).toBe(tokenizeCaption(caption.replace(/[\n\r]/g, ' ')));
        expect(tokenizeWithPunctuation(caption).length).toBeGreaterThanOrEqual(tokenized.length);
      }),
      { numRuns: runs },
    );
  });

  it('gives one line back, whatever the captions beside it hold', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, craftedText), { maxLength: 6 }), (captions) => {
        expect(tokenizeCaptions(captions)).toHaveLength(captions.length);
        // "(" cannot continue any token of the caption before it.
        const separated = tokenizeCaptions(captions.flatMap((caption) => [caption, '(']));
        expect(separated.filter((_, index) => index % 2 === 0)).toEqual(
          tokenizeCaptions(captions, { context: 'none' }),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('may hold any single code unit', () => {
    const units = Array.from({ length: 0x10000 }, (_, codeUnit) => String.fromCharCode(codeUnit));
    const tokenized = tokenizeCaptions(units, { context: 'none' });
    expect(tokenized).toHaveLength(0x10000);
    expect(tokenized.filter((tokens) => tokens.includes(' '))).toEqual([]);
  });
});

describe('the work', () => {
  // Each is repeated: long tokens, and attempts at tokens that fail far behind their start.
  const UNITS = [
    ...Array.from(`"'.-(<&5aA日 *_?#@$/[+½`),
    '\ud800',
    'http://',
    'http://,',
    'x.',
    'x.co',
    'a@',
    'a=',
    '<a ',
    '<a b="',
    '<!-',
    '&eac',
    '. ',
    '5 ',
    '5-',
    '5 5',
    '1,',
    'a-',
    'a/',
    'a.b-',
    'a&',
    'A&',
    "a'",
    "'n",
    'n’t',
    'K. ',
    'etc.  ',
    'U.S.-',
  ];

  const stepsPerCharacter = (text: string) => {
    const tokenizer = new Tokenizer();
    tokenizer.tokenizeLines(text, new Set());
    return tokenizer.automaton.steps / text.length;
  };
  const repeated = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length));

  it.for(UNITS)(
    'of %j again and again is as little per character when there is 16 times as much',
    (unit) => {
      const few = stepsPerCharacter(repeated(unit, 1 << 14));
      const many = stepsPerCharacter(repeated(unit, 1 << 18));
      // An attempt that fails is cut off after at most 32 characters (STRIDE in automaton.ts).
      expect(few).toBeLessThan(64);
      expect(many).toBeLessThanOrEqual(Math.max(1, 1.1 * few));
    },
  );

  it.for(['a', '5', 'é', '-', '_', '!', '日', 'a-', 'a/', 'a.', '1,', 'http://a'])(
    'of one token of a million characters, %j repeated, is at most two steps a character',
    (unit) => {
      expect(stepsPerCharacter(repeated(unit, 1 << 20))).toBeLessThanOrEqual(2);
    },
  );
});
