/** Against what METEOR itself made of the captions of coco-caption's cases, and by rule. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeForMeteor } from './normalize.js';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
const shared = process.env['CAPGRID_SHARED'] ?? `${checkout}../shared`;

const CASES = [
  { name: 'edge', folder: `${checkout}test/golden/metrics/edge`, captions: 642 },
  // COCO captions: not distributed here, skipped when absent.
  { name: 'fakecap', folder: `${shared}/golden/metrics/fakecap`, captions: 6005 },
];

function readJson<T>(path: string): T {
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as T;
}

describe.for(CASES)('METEOR -norm on $name', ({ name, folder, captions }) => {
  it('gives the same words', ({ skip }) => {
    if (!existsSync(folder)) skip(`${name}: ${folder} is absent; set CAPGRID_SHARED.`);
    const { tokenized } = readJson<{
      tokenized: { candidates: string[]; references: string[][] };
    }>(`${folder}/expected.json.gz`);
    const { normalized } = readJson<{ normalized: string[][] }>(`${folder}/meteor_detail.json.gz`);
    const inputs = tokenized.candidates.map((candidate, index) => [
      candidate,
      ...(tokenized.references[index] ?? []),
    ]);
    expect(inputs.flat()).toHaveLength(captions);
    expect(inputs.map((ofImage) => ofImage.map(normalizeForMeteor))).toEqual(normalized);
  });
});

describe('normalizeForMeteor', () => {
  it.each([
    ["the dog is n't at the man 's feet", "the dog is n 't at the man ' s feet"],
    ["at ten o'clock on the '90s", "at ten o 'clock on the ' 90s"],
    ['a well-dressed ten-year-old', 'a well dressed ten year old'],
    ['the u.s. flag on st. louis ave.', 'the us flag on st. louis ave .'],
    ['pp. 12 and no. 5 and mr. smith', 'pp. 12 and no . 5 and mr. smith'],
    ['1,234 men , 3.14 pies and 10:30', '1,234 men , 3.14 pies and 10 : 30'],
    ['“ quoted ” and ‘so’ on', '" quoted " and \' so \' on'],
    ['犬がいる', '犬 が い る'],
    ['  two \t blanks ', 'two blanks'],
    ['', ''],
  ])('%j becomes %j', (tokenized, normalized) => {
    expect(normalizeForMeteor(tokenized)).toBe(normalized);
  });

  it('gives words with single blanks between for any string', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...Array.from("a.'-,` “‘–é犬1\u{A0}\t\u{D83D}")) }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(normalizeForMeteor(text)).not.toMatch(/^ | $| {2}|[\t\n\r\u{A0}]/u);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["'", '-', '.', ',', '`', '“', "a'", 'a-', 'a.', '. ', '1,', '–-', '犬', 'a'])(
    'gets through a million characters of %j repeated',
    (unit) => {
      // A quadratic step would take minutes, and the test would time out.
      expect(normalizeForMeteor(unit.repeat(1_000_000 / unit.length))).not.toMatch(/ {2}/u);
    },
  );
});
