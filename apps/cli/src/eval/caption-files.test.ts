/** Files of captions as users have them. */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readCandidates } from './candidates.js';
import { readCaptionFile } from './caption-file.js';
import { annotations, karpathy, pair, removeFixtures, results, write } from './caption-fixtures.js';

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

  test('of text files may have the line ends of old Macs', async () => {
    const { pairs } = await pair({ references: 'a dog\ra cat\r', candidates: 'the dog\rthe cat' });
    expect(pairs.map(({ candidate }) => candidate)).toEqual(['the dog', 'the cat']);
  });

  test('takes the split that was asked for', async () => {
    const candidates = [{ image_id: 3, caption: 'the cow' }];
    const { pairs } = await pair({ references: karpathy, candidates, split: 'val' });
    expect(pairs).toMatchObject([{ imageId: '3', references: ['a cow'] }]);
  });

  test('with missing captions is taken in part when that is allowed, and says so', async () => {
    const images = [...annotations.images, { id: 3 }, { id: 4 }, { id: 5 }];
    const references = { ...annotations, images };
    const candidates = [
      { image_id: 1, caption: 'the dog' },
      { image_id: 4, caption: 'x' },
    ];
    expect(await pair({ references, candidates, allowsMissing: true })).toMatchObject({
      pairs: [{ imageId: '1' }],
      leftOut: [
        'left out 1 image without references',
        'left out 1 image without a candidate',
        'left out 2 images with neither references nor a candidate',
      ],
    });
  });
});

describe('ids of another type', () => {
  const asStrings = results.map((entry) => ({ ...entry, image_id: String(entry.image_id) }));
  const withNames = {
    images: annotations.images.map((image) => ({ ...image, id: String(image.id) })),
    annotations: annotations.annotations.map((own) => ({ ...own, image_id: String(own.image_id) })),
  };

  test('are the same images where the whole file has that type, and it is said', async () => {
    const strings = await pair({ references: annotations, candidates: asStrings });
    expect(strings.pairs).toEqual(PAIRS.map((own) => expect.objectContaining(own)));
    expect(strings.pairs[0]?.candidateId).toBe('1');
    expect(strings.notices).toEqual([
      expect.stringMatching(
        /c: every image_id is a string, and in .*r a number: "2" is taken for 2$/,
      ),
    ]);
    const numbers = await pair({ references: withNames, candidates: results });
    expect(numbers.pairs).toEqual(PAIRS.map((own) => expect.objectContaining(own)));
    expect(numbers.notices).toEqual([expect.stringMatching(/: 2 is taken for "2"$/)]);
  });

  test('of one type on both sides are no reason to say anything', async () => {
    const { notices } = await pair({ references: withNames, candidates: asStrings });
    expect(notices).toEqual([]);
  });

  test('are not guessed from other spellings of a number', async () => {
    const padded = asStrings.map((entry) => ({ ...entry, image_id: `0${entry.image_id}` }));
    await expect(pair({ references: annotations, candidates: padded })).rejects.toThrow(
      '[0].image_id is "02", and',
    );
  });
});

describe('text whose first caption begins with a bracket', () => {
  test.each([
    ['[3 dogs] on a bed', 'line 1, column 4: expected "," or "]" and found "dogs"'],
    ['{ red } car', 'line 1, column 3: expected a name in double quotes or "}" and found "red"'],
    ['{"stop"} on a sign', 'line 1, column 8: expected ":" and found "}"'],
    ['["dog"] is what it says', 'line 1, column 9: expected the end and found "is"'],
    ['[] on a wall', 'line 1, column 4: expected the end and found "on"'],
  ])('%s', async (caption, fault) => {
    const path = write('c', `${caption}\na cat\n`);
    expect(await readCaptionFile(path)).toEqual({
      format: 'text',
      path,
      lines: [caption, 'a cat'],
      notices: [
        `${path} begins like JSON and is none (${fault}), so it is read as text with one caption a line`,
      ],
    });
  });

  test('no list of JSON begins with a letter, so nothing is said', async () => {
    const path = write('c', '[unk] on a table\n');
    expect(await readCaptionFile(path)).toMatchObject({ format: 'text', notices: [] });
  });

  test('a list that is JSON stays one', async () => {
    await expect(readCaptionFile(write('c', '["a dog", "a cat"]'))).rejects.toThrow(
      'has "a dog" at [0]',
    );
  });
});

describe('perplexities', () => {
  const withPerplexities = (...values: unknown[]) =>
    readCaptionFile(
      write(
        'c',
        results.map((entry, index) => ({ ...entry, perplexity: values[index] })),
      ),
    ).then(readCandidates);

  test('are passed on where every caption has one', async () => {
    const { captions, notices } = await withPerplexities(1, 3.5);
    expect(captions.map(({ perplexity }) => perplexity)).toEqual([1, 3.5]);
    expect(notices).toEqual([]);
  });

  test.each([
    ['of some captions only', [3.5, undefined], '[1].perplexity is missing'],
    ['below 1, as a log-probability', [-2.5, 3.5], '[0].perplexity is -2.5'],
    ['that are no numbers', [3.5, '3.5'], '[1].perplexity is "3.5"'],
  ])('%s are left out, which is said once', async (_, values, fault) => {
    const { path, captions, notices } = await withPerplexities(...values);
    expect(captions.map(({ perplexity }) => perplexity)).toEqual([null, null]);
    expect(notices).toEqual([
      `${path}: the perplexities are left out, as ${fault}, and every caption needs one, a number from 1`,
    ]);
  });

  test('that are null everywhere are none', async () => {
    expect((await withPerplexities(null, null)).notices).toEqual([]);
  });
});
