import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPhrases, ParaphraseTable } from './paraphrase-table.js';
import { createParaphraseParser, parseParaphrases } from './parse-paraphrases.js';

const TEXT = '0.5\na group of\nseveral\n0.25\nseveral\na few\n1e-3\na group of\nmany\n';

/** The paraphrases of a phrase, as words, from all that stand in `among`. */
function paraphrasesOf(table: ParaphraseTable, phrase: string, among: string[]): string[] {
  const pairs = ParaphraseTable.pairsOf(table);
  const numberOf = (text: string): number | undefined => {
    const words = text.split(' ');
    const places = findPhrases(
      pairs,
      words.map((word) => pairs.vocabulary.find(word)),
    );
    return places.find(({ start, length }) => start === 0 && length === words.length)?.phrase;
  };
  const first = numberOf(phrase) ?? 0;
  const start = pairs.firstPair[first] ?? 0;
  const targets = pairs.targets.slice(start, pairs.firstPair[first + 1]);
  return among.filter((text) => targets.includes(numberOf(text) ?? -1));
}

describe('parseParaphrases', () => {
  it('reads three lines an entry', () => {
    const table = parseParaphrases(TEXT);
    expect(table.entries).toBe(3);
    expect(ParaphraseTable.pairsOf(table).vocabulary.size).toBe(6);
    expect(Object.keys(table)).toEqual(['entries', 'fingerprint']);
    const all = ['several', 'a few', 'many', 'a group of', 'a group'];
    expect(paraphrasesOf(table, 'a group of', all)).toEqual(['several', 'many']);
    expect(paraphrasesOf(table, 'several', all)).toEqual(['a few']);
    expect(paraphrasesOf(table, 'many', all)).toEqual([]);
  });

  it('reads words beyond ASCII, more blanks than needed, CRLF and a last line without an end', () => {
    const table = parseParaphrases('0.5\r\n  na\u00efve   caf\u00e9\t\r\n\u732b\r\n0.5\r\nx\r\ny');
    expect(table.entries).toBe(2);
    expect(paraphrasesOf(table, 'na\u00efve caf\u00e9', ['\u732b', 'x'])).toEqual(['\u732b']);
  });

  it('reads a text in pieces cut anywhere as it reads the whole', () => {
    const bytes = new TextEncoder().encode(`${TEXT}0.1\n\u00e9t\u00e9\nsummer\n`);
    const whole = parseParaphrases(new TextDecoder().decode(bytes));
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
        const parser = createParaphraseParser('The table');
        let start = 0;
        for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
          parser.push(bytes.subarray(start, cut));
          start = cut;
        }
        const table = parser.finish();
        expect(table.fingerprint).toBe(whole.fingerprint);
        expect(table.entries).toBe(4);
      }),
      { seed: 20, numRuns: 100 },
    );
  });

  it('names tables of the same pairs alike, whatever their probabilities', () => {
    const { fingerprint } = parseParaphrases('0.5\na b\nc\n');
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/u);
    expect(parseParaphrases('0.9\na  b\nc').fingerprint).toBe(fingerprint);
    for (const other of ['0.5\na\nb c\n', '0.5\nc\na b\n', '0.5\na b\nd\n', '0.5\nab\nc\n']) {
      expect(parseParaphrases(other).fingerprint).not.toBe(fingerprint);
    }
  });

  it('leaves out entries with words that no caption has, and names the table as a whole', () => {
    const whole = parseParaphrases(TEXT);
    const cut = parseParaphrases(TEXT, { words: new Set(['a', 'group', 'of', 'several', 'many']) });
    expect(cut.entries).toBe(3);
    expect(cut.fingerprint).toBe(whole.fingerprint);
    const all = ['several', 'a few', 'many'];
    expect(paraphrasesOf(cut, 'a group of', all)).toEqual(['several', 'many']);
    expect(paraphrasesOf(cut, 'several', all)).toEqual([]);
    expect(ParaphraseTable.pairsOf(cut).targets).toHaveLength(2);
    expect(() => parseParaphrases('0.5\nx\n\n', { words: new Set() })).toThrow('line 3');
  });

  it('refuses a line of absurd length as soon as it is that long', () => {
    const parser = createParaphraseParser('The table');
    const blank = new Uint8Array(1 << 15).fill(32);
    const feed = (): void => {
      for (let piece = 0; piece < 3; piece++) parser.push(blank);
    };
    expect(feed).toThrow('The table, line 1: the line is longer than 65536 bytes.');
    expect(() => parseParaphrases(`0.5\n${'a '.repeat(40_000)}\nb\n`)).toThrow(
      'line 2: the line is longer than 65536 bytes.',
    );
    expect(parseParaphrases(`0.5\n${'a '.repeat(32_768)}\nb\n`).entries).toBe(1);
  });

  it.for([
    ['', 'line 1: the table is empty.'],
    ['0.5\na\n', 'line 3: the table ends inside an entry, after 2 lines.'],
    ['0.5\na\n \n', 'line 3: the phrase is empty.'],
    ['0.5\na\nb\nc\nd\ne\n', 'line 4: expected a probability, found "c".'],
    ['0.5\na\nb\n\n', 'line 4: expected a probability, found "".'],
  ])('names the line of what is wrong in %j', ([text, problem]) => {
    expect(() => parseParaphrases(text ?? '')).toThrow(
      expect.objectContaining({
        code: 'invalid-paraphrase-table',
        message: expect.stringContaining(problem ?? '') as string,
      }) as Error,
    );
  });
});
