import { describe, expect, test } from 'vitest';
import { buildVocabulary, EOS_ID, Vocabulary } from './vocabulary.js';

const CAPTIONS = ['a dog and a cat', 'a cat sits', 'the dog runs'].map((text) => text.split(' '));

describe('buildVocabulary', () => {
  test('orders words by descending count, then alphabetically, after four special words', () => {
    expect(buildVocabulary(CAPTIONS, 1).words.join(' ')).toBe(
      '<pad> <unk> <s> </s> a cat dog and runs sits the',
    );
  });

  test('leaves out words below the minimum count', () => {
    expect(buildVocabulary(CAPTIONS, 2).words.slice(4)).toEqual(['a', 'cat', 'dog']);
  });

  test('refuses a minimum count that leaves no word', () => {
    expect(() => buildVocabulary(CAPTIONS, 9)).toThrow(
      'None of 7 words of the training captions occurs 9 times. Lower data.minCount or use more images.',
    );
  });

  test('without any word it is not the minimum count that leaves none', () => {
    expect(() => buildVocabulary([], 1)).toThrow(
      'No training caption has a word to learn. Raise data.maxWords, which leaves longer captions out, or use more images.',
    );
  });

  test('a caption that spells a special word reads as unknown', () => {
    const vocabulary = buildVocabulary([['</s>', 'a', '</s>']], 1);
    expect(vocabulary.words.slice(4)).toEqual(['a']);
    expect(vocabulary.encode(['a', '</s>'])).toEqual([4, 1]);
  });
});

describe('Vocabulary', () => {
  const vocabulary = buildVocabulary(CAPTIONS, 1);

  test('encodes known words by their id and others as <unk>', () => {
    expect(vocabulary.encode(['a', 'dog', 'flies'])).toEqual([4, 6, 1]);
  });

  test('decodes up to </s>, leaving out <pad> and <s>', () => {
    expect(vocabulary.decode([2, 4, 6, EOS_ID, 5, 0])).toEqual(['a', 'dog']);
    expect(vocabulary.decode([4, 1, 0])).toEqual(['a', '<unk>']);
  });

  test('refuses an id it does not have', () => {
    expect(() => vocabulary.decode([11])).toThrow('Id 11 is outside the vocabulary of 11 words.');
  });

  test('survives JSON', () => {
    const { words } = JSON.parse(JSON.stringify(vocabulary)) as { words: string[] };
    expect(new Vocabulary(words)).toEqual(vocabulary);
  });

  test('refuses words in another form', () => {
    expect(() => new Vocabulary(['a', 'b'])).toThrow('A vocabulary begins with <pad>, <unk>');
    const twice = ['<pad>', '<unk>', '<s>', '</s>', 'a', 'a'];
    expect(() => new Vocabulary(twice)).toThrow('The vocabulary has "a" twice.');
  });
});
