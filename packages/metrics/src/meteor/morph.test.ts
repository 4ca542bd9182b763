import { expect, it } from 'vitest';
import { morph } from './morph.js';

const DICTIONARY = new Set([
  'box',
  'boxe',
  'woman',
  'fly',
  'bake',
  'bak',
  'do',
  'doe',
  'larg',
  'e',
]);

it.each([
  ['boxes', 'boxe', 'the rule for -s comes first'],
  ['women', 'woman', 'nouns in -men'],
  ['flies', 'fly', 'nouns in -ies'],
  ['baking', 'bake', 'verbs in -ing try the silent e first'],
  ['doing', 'doe', 'also where it was never there'],
  ['larger', 'larg', 'adjectives try the bare word first'],
  ['ing', 'e', 'the whole word may be an ending'],
])('the base of %s is %s: %s', (word, base) => {
  expect(morph(word, (candidate) => DICTIONARY.has(candidate))).toBe(base);
});

it('leaves short words and words in -ss alone', () => {
  const isWord = (): boolean => true;
  expect(['es', 'grass'].map((word) => morph(word, isWord))).toEqual(['es', 'grass']);
});

it('finds no base where no rule leads to a word', () => {
  expect(morph('xyzzies', (base) => DICTIONARY.has(base))).toBeNull();
  expect(morph('cat', (base) => DICTIONARY.has(base))).toBeNull();
});
