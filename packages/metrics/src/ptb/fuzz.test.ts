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
const PIECES = [
  ...`abnstAKUI059"'’\`.,;:?!-–_()[]{}<>/&#@$%*^=~+|\\ \t\n\u00A0\u00AD½²é日\u200B😀`,
  ...[
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
  ],
];
const craftedText = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 30 })
  .map((pieces) => pieces.join(''));

const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/;

describe('any caption', () => {
  it.for([
    { kind: 'of random code units', text: anyText, runs: 1500 },
    { kind: 'made of pieces of the grammar', text: craftedText, runs: 3000 },
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
      { numRuns: 500 },
    );
  });

  it('may hold any single code unit', () => {
    const units = Array.from({ length: 0x10000 }, (_, codeUnit) => String.fromCharCode(codeUnit));
    const several = units.filter((unit) => tokenizeCaption(unit).includes(' '));
    expect(several).toEqual([]);
  });
});

describe('the work', () => {
  // Each is repeated: long tokens, and attempts at tokens that fail far behind their start.
  const UNITS = [
    ...`"'.-(<&5aA日 *_?#@$/[+½`,
    ...[
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
    ],
    ...[
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
    ],
  ];

  it.for(UNITS)('of %j repeated up to a million characters grows with the length', (unit) => {
    const tokenizer = new Tokenizer();
    const stepsPerCharacter = (length: number) => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const before = tokenizer.automaton.steps;
      tokenizer.tokenizeLines(text, new Set());
      return (tokenizer.automaton.steps - before) / text.length;
    };
    const short = stepsPerCharacter(1 << 14);
    // Attempts that fail are cut off after at most 32 characters (see STRIDE in automaton.ts).
    expect(stepsPerCharacter(1 << 20)).toBeLessThanOrEqual(Math.max(1, 1.1 * short));
    expect(short).toBeLessThan(64);
  });
});
