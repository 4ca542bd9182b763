/** From WordNet's index files and lists of irregular forms to the tables of wordnet.d.ts. */
import { ADDED_FORMS, MISSING_BASES } from './irregular-forms.mjs';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Synsets per word. A synset is its byte offset as a number, whatever the part of speech: a noun and a
 * verb with the same offset are one synset to METEOR. Lemmas of several words never match a word of a
 * caption, so only those among `bases` (of irregular forms) are kept.
 *
 * @param {readonly string[]} indexes contents of index.noun, index.verb, …
 * @param {ReadonlySet<string>} bases
 * @returns {Map<string, Set<number>>}
 */
export function readIndex(indexes, bases) {
  /** @type {Map<string, Set<number>>} */
  const synsets = new Map();
  for (const line of indexes.flatMap((text) => text.split('\n'))) {
    // The licence at the head of each file is indented.
    if (line === '' || line.startsWith(' ')) continue;
    const [lemma = '', , count, ...rest] = line.trim().split(' ');
    if (lemma.includes('_') && !bases.has(lemma)) continue;
    const ofLemma = synsets.get(lemma) ?? new Set();
    for (const offset of rest.slice(-Number(count))) ofLemma.add(Number(offset));
    synsets.set(lemma, ofLemma);
  }
  return synsets;
}

/**
 * Bases per irregular form, as in WordNet's own lists.
 *
 * @param {readonly Readonly<Record<string, string>>[]} lists form to base, of wink-lexicon
 * @returns {Map<string, string[]>}
 */
export function mergeExceptions(lists) {
  const missing = MISSING_BASES.trim()
    .split('\n')
    .map((line) => line.split(' '));
  const added = new Set(ADDED_FORMS.split(' '));
  /** @type {Map<string, Set<string>>} */
  const bases = new Map();
  for (const [form = '', ...ofForm] of [
    ...lists.flatMap((list) => Object.entries(list)),
    ...missing,
  ]) {
    if (!added.has(form)) bases.set(form, new Set([...(bases.get(form) ?? []), ...ofForm]));
  }
  return new Map([...bases].map(([form, ofForm]) => [form, [...ofForm].toSorted()]));
}

/** @param {readonly string[]} words ascending */
export function encodeWords(words) {
  return words
    .map((word, index) => {
      const shared = sharedLength(words[index - 1] ?? '', word);
      return `${DIGITS[shared]}${word.slice(shared)}`;
    })
    .join('');
}

/**
 * @param {string} a
 * @param {string} b
 */
function sharedLength(a, b) {
  let length = 0;
  // Capital letters only: they end the word before.
  while (length < 25 && length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/**
 * @param {readonly string[]} words
 * @param {ReadonlyMap<string, ReadonlySet<number>>} synsets
 */
export function encodeSynsets(words, synsets) {
  /** @type {Map<number, number>} */
  const numbers = new Map();
  return words
    .map((word) => {
      const offsets = [...(synsets.get(word) ?? [])];
      const known = offsets.flatMap((offset) => numbers.get(offset) ?? []);
      const fresh = offsets.filter((offset) => !numbers.has(offset)).toSorted((a, b) => a - b);
      for (const offset of fresh) numbers.set(offset, numbers.size);
      const references = known
        .toSorted((a, b) => a - b)
        .map(encodeNumber)
        .join('');
      const count = fresh.length === 0 ? '' : fresh.length.toString(36);
      return references === '' ? count : `${count}.${references}`;
    })
    .join(' ');
}

/** Three digits of 6 bits. @param {number} value */
function encodeNumber(value) {
  return [12, 6, 0].map((shift) => DIGITS[(value >> shift) & 63]).join('');
}
