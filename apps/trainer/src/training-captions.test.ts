import type { DatasetImage } from '@capgrid/contracts';
import { buildVocabulary } from '@capgrid/data';
import { expect, it } from 'vitest';
import { captionsOf, tokensOf } from './training-captions.js';

const vocabulary = buildVocabulary([['a', 'red', 'ball', 'here']], 1);

function image(split: DatasetImage['split'], ...captions: string[]): DatasetImage {
  const one = { id: split, fileName: `${split}.png`, source: { kind: 'none' as const }, split };
  return {
    ...one,
    captions: captions.map((raw) => ({ raw, tokens: raw.split(' ') })),
  } as unknown as DatasetImage;
}

it('leaves long captions out, and says so where none is left', () => {
  const images = [image('train', 'a red ball', 'a red ball here'), image('val', 'a ball')];
  expect(captionsOf(images, 'train', vocabulary, 3)).toHaveLength(1);
  expect(() => captionsOf(images, 'train', vocabulary, 2)).toThrow(
    'No train captions are left: data.maxWords, which is 2, leaves out 2. Set it to 3 or more, the length of the shortest one.',
  );
  expect(captionsOf(images, 'test', vocabulary, 2)).toEqual([]);
  expect([...tokensOf(images, 3)]).toEqual([['a', 'red', 'ball']]);
  expect(() => [...tokensOf(images, 2)]).toThrow('data.maxWords, which is 2, leaves out 2.');
});
