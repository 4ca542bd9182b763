/** Files of captions as users have them. */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { annotations, karpathy, pair, removeFixtures, results } from './caption-fixtures.js';

afterAll(removeFixtures);

const PAIRS = [
  { imageId: '1', candidate: 'the dog', references: ['a dog', 'one dog'] },
  { imageId: '2', candidate: 'the cat', references: ['a cat'] },
];

describe('a pair of files', () => {
  test('keeps the order of the references, whatever that of the candidates', async () => {
    const { pairs } = await pair({ references: annotations, candidates: results });
    expect(pairs).toEqual(PAIRS.map((own) => expect.objectContaining(own)));
    expect(pairs.map(({ candidateId }) => candidateId)).toEqual([1, 2]);
    const shuffled = await pair({ references: annotations, candidates: results.toReversed() });
    expect(shuffled.pairs).toEqual(pairs);
  });

  test('is the same packed with gzip, whatever it is called, and with a byte order mark', async () => {
    const pack = (value: object) => gzipSync(`\ufeff${JSON.stringify(value)}`);
    const { pairs } = await pair({ references: pack(annotations), candidates: pack(results) });
    expect(pairs).toEqual(PAIRS.map((own) => expect.objectContaining(own)));
  });

  test.each([
    ['cocoid', 2, 1],
    ['imgid', 8, 7],
    ['filename', 'b.jpg', 'a.jpg'],
  ])('of a Karpathy file goes by %s, named so or image_id', async (kind, second, first) => {
    for (const key of [kind, 'image_id']) {
      const candidates = [
        { [key]: second, caption: 'the cat' },
        { [key]: first, caption: 'the dog' },
      ];
      const { pairs } = await pair({ references: karpathy, candidates });
      expect(pairs).toEqual(PAIRS.map((own) => expect.objectContaining(own)));
    }
  });

  test('of COCO annotations goes by file names as well', async () => {
    const candidates = [
      { image_id: 'b.jpg', caption: 'the cat' },
      { image_id: 'a.jpg', caption: 'the dog' },
    ];
    const { pairs } = await pair({ references: annotations, candidates });
    expect(pairs).toEqual(PAIRS.map((own) => expect.objectContaining(own)));
  });

  test('of text files goes by lines, and a blank line is no reference', async () => {
    const { pairs } = await pair({
      references: ['a dog\r\n[unk] cat\r\n', 'one dog\n\n'],
      candidates: 'the dog\n\n',
    });
    expect(pairs).toEqual([
      {
        candidateId: 1,
        imageId: '1',
        candidate: 'the dog',
        references: ['a dog', 'one dog'],
        perplexity: null,
      },
      { candidateId: 2, imageId: '2', candidate: '', references: ['[unk] cat'], perplexity: null },
    ]);
  });

  test('takes the split that was asked for', async () => {
    const candidates = [{ image_id: 3, caption: 'the cow' }];
    const { pairs } = await pair({ references: karpathy, candidates, split: 'val' });
    expect(pairs).toMatchObject([{ imageId: '3', references: ['a cow'] }]);
  });

  test('with missing captions is taken in part when that is allowed, and says so', async () => {
    const references = { ...annotations, images: [...annotations.images, { id: 3 }, { id: 4 }] };
    const candidates = [
      { image_id: 1, caption: 'the dog' },
      { image_id: 4, caption: 'x' },
    ];
    expect(await pair({ references, candidates, allowsMissing: true })).toMatchObject({
      pairs: [{ imageId: '1' }],
      leftOut: ['left out 1 image without references', 'left out 2 images without a candidate'],
    });
  });
});

test('a perplexity is passed on, and something else of that name is not', async () => {
  const candidates = results.map((entry, index) => ({ ...entry, perplexity: 0.5 + index * 3 }));
  const { pairs } = await pair({ references: annotations, candidates });
  expect(pairs.map(({ perplexity }) => perplexity)).toEqual([null, 3.5]);
});
