import { expect, test } from 'vitest';
import { markUnseenWords } from './mark-unseen-words';

const unseen = (caption: string, references: string[]) =>
  markUnseenWords(caption, references)
    .filter((word) => word.isUnseen)
    .map((word) => word.text);

test('a wrong colour and a wrong count are found', () => {
  const references = ['Two red circles above a square.', 'there are two circles'];
  expect(unseen('three blue circles above a square', references)).toEqual(['three', 'blue']);
});

test('capitals and punctuation of the references do not matter', () => {
  expect(unseen('a red circle', ['A "red" circle!'])).toEqual([]);
});

test('a reference as people wrote it has the parts of its words too', () => {
  const references = ["A man's black-and-white dog."];
  expect(unseen("a man 's black and white dog", references)).toEqual([]);
});

test('the unknown word is found unless a reference has it', () => {
  expect(unseen('a <unk> circle', ['a red circle'])).toEqual(['<unk>']);
});

test('words keep their order and their spelling', () => {
  expect(markUnseenWords('A dog', ['a cat']).map((word) => word.text)).toEqual(['A', 'dog']);
});
