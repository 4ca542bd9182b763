/**
 * The compiled word lists and the words in the sources against METEOR's own files, which are not
 * distributed here: skipped when absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import * as wordNet from '#wordnet';
import { FUNCTION_WORDS } from './function-words.js';
import {
  NONBREAKING_PREFIXES,
  NONBREAKING_PREFIXES_BEFORE_DIGITS,
} from './nonbreaking-prefixes.js';
import { readWordTables, type WordTables } from './word-tables.js';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
const shared = process.env['CAPGRID_SHARED'] ?? `${checkout}../shared`;
const folder = `${shared}/golden/metrics/meteor-data`;

let tables: WordTables;
beforeAll(() => {
  tables = readWordTables(wordNet);
});
beforeEach(({ skip }) => {
  if (!existsSync(folder)) skip(`${folder} is absent; set CAPGRID_SHARED.`);
});

function readLines(name: string): string[] {
  const bytes = readFileSync(`${folder}/${name}`);
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** Files of METEOR that have a key on one line and its values on the next. */
function readPairs(name: string): [key: string, values: string[]][] {
  const lines = readLines(name);
  return Array.from({ length: lines.length / 2 }, (_, index) => [
    lines[2 * index] ?? '',
    (lines[2 * index + 1] ?? '').trim().split(/\s+/),
  ]);
}

it('words share synsets as in english.synsets', () => {
  // Numbers differ, so synsets are compared by the words they have in common.
  const theirs = new Map<string, string[]>();
  const ours = new Map<number, string[]>();
  const add = <K>(synsets: Map<K, string[]>, synset: K, word: string): void => {
    const words = synsets.get(synset);
    if (words === undefined) synsets.set(synset, [word]);
    else words.push(word);
  };
  let words = 0;
  for (const [word, synsets] of readPairs('english.synsets.gz')) {
    // comic_strip is the base of comics; other words with underscores never match.
    if (word.includes('_') && word !== 'comic_strip') continue;
    words += 1;
    for (const synset of synsets) add(theirs, synset, word);
    for (const synset of tables.synsetsOf(word)) add(ours, synset, word);
  }
  expect(words).toBe(83_119);
  const bySynset = (synsets: Iterable<string[]>): string =>
    [...synsets]
      .map((members) => members.join(' '))
      .toSorted()
      .join('\n');
  expect(bySynset(ours.values()) === bySynset(theirs.values())).toBe(true);
});

it('irregular forms have the bases of english.exceptions, but for hyphens and underscores', () => {
  const theirs = new Map<string, string[]>();
  for (const [base, forms] of readPairs('english.exceptions.gz')) {
    for (const form of forms) theirs.set(form, [...(theirs.get(form) ?? []), base]);
  }
  const withoutHyphens = [...theirs].filter(([form]) => !/[-_]/.test(form));
  expect(withoutHyphens).toHaveLength(5643);
  for (const [form, bases] of withoutHyphens) {
    expect(tables.basesOf(form), form).toEqual([...new Set(bases)].toSorted());
  }
  const added = wordNet.exceptions
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((form) => !theirs.has(form));
  expect(added).toEqual([]);
});

it('the function words are those of function.english.words', () => {
  expect([...FUNCTION_WORDS].toSorted()).toEqual(readLines('function.english.words').toSorted());
});

it('the prefixes are those of nonbreaking.english.prefixes that captions in lower case can have', () => {
  const lines = readLines('nonbreaking.english.prefixes').filter((line) =>
    /^[a-z]+( |$)/.test(line),
  );
  const [anywhere, beforeDigits] = [false, true].map((isNumeric) =>
    lines
      .filter((line) => line.includes('#NUMERIC_ONLY#') === isNumeric)
      .map((line) => line.split(' ')[0]),
  );
  expect([...NONBREAKING_PREFIXES]).toEqual(anywhere);
  expect([...NONBREAKING_PREFIXES_BEFORE_DIGITS]).toEqual(beforeDigits);
});
