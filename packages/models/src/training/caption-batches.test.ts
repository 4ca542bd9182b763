import { expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { captionBatches, layOut } from './caption-batches.js';

const captions = Array.from({ length: 23 }, (_, i) => ({
  imageIndex: i,
  tokens: Array.from({ length: 1 + (i % 7) }, () => 4),
}));

const plan = { batchSize: 4, batchWords: null, bucketWidth: 2, fillUp: 'none' } as const;

test('every caption comes exactly once, with and without shuffling', () => {
  for (const rng of [null, Rng.from(1)]) {
    const seen = captionBatches(captions, plan, rng).flat();
    expect(seen.map((c) => c.imageIndex).sort((a, b) => a - b)).toEqual(
      captions.map((c) => c.imageIndex),
    );
  }
});

test('captions of one batch differ by at most one word', () => {
  for (const batch of captionBatches(captions, plan, Rng.from(2))) {
    const lengths = batch.map((c) => c.tokens.length);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    expect(batch.length).toBeLessThanOrEqual(4);
  }
});

test('a wider bucket holds more lengths', () => {
  const batches = captionBatches(captions, { ...plan, bucketWidth: 7 }, null);
  // Lengths 1 to 6 are 20 captions, length 7 are 3.
  expect(batches.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 3]);
});

test('batches by words hold as many captions of a bucket as make up the words', () => {
  const batches = captionBatches(captions, { ...plan, batchWords: 12, bucketWidth: 1 }, null);
  // 4 captions of 1 word and 4 of 2 words, then 3 of each length; with the end mark 2 to 8 words.
  expect(batches.map((batch) => batch.map(({ tokens }) => tokens.length))).toEqual([
    [1, 1, 1, 1],
    [2, 2, 2, 2],
    [3, 3, 3],
    [4, 4],
    [4],
    [5, 5],
    [5],
    [6, 6],
    [6],
    [7, 7],
    [7],
  ]);
  const tiny = captionBatches(captions, { ...plan, batchWords: 1 }, null);
  expect(tiny.every(({ length }) => length === 1)).toBe(true);
});

test('replicate fills the last batch of each bucket up with captions of the bucket', () => {
  // Buckets of 4, 7, 6 and 6 captions: 1, 2, 2 and 2 batches of 4.
  const filled = captionBatches(captions, { ...plan, fillUp: 'replicate' }, Rng.from(3));
  expect(filled.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 4, 4]);
  expect(captionBatches(captions, plan, Rng.from(3))).toHaveLength(filled.length);
  const images = filled.flat().map(({ imageIndex }) => imageIndex);
  expect(new Set(images).size).toBe(captions.length);
  for (const batch of filled) {
    const buckets = new Set(batch.map(({ tokens }) => Math.floor(tokens.length / 2)));
    expect(buckets.size).toBe(1);
  }
});

test('a bucket smaller than a batch is drawn from several times', () => {
  const three = captions.slice(0, 3).map((c) => ({ ...c, tokens: [4] }));
  const large = { ...plan, batchSize: 64, fillUp: 'replicate' } as const;
  const [batch] = captionBatches(three, large, Rng.from(4));
  expect(batch).toHaveLength(64);
  expect(new Set(batch?.map(({ imageIndex }) => imageIndex))).toEqual(new Set([0, 1, 2]));
});

test('what replicate draws follows from the generator, and every pass draws anew', () => {
  const imagesOf = (seed: number) =>
    captionBatches(captions, { ...plan, fillUp: 'replicate' }, Rng.from(seed)).map((batch) =>
      batch.map(({ imageIndex }) => imageIndex),
    );
  const doubled = (seed: number) =>
    imagesOf(seed)
      .flat()
      .toSorted((a, b) => a - b)
      .filter((image, i, all) => image === all[i - 1]);
  expect(imagesOf(5)).toEqual(imagesOf(5));
  expect(doubled(5)).toHaveLength(5);
  expect(doubled(5)).not.toEqual(doubled(6));
});

test('without a generator, as in validation, nothing is doubled', () => {
  const validation = captionBatches(captions, { ...plan, fillUp: 'replicate' }, null);
  expect(validation).toEqual(captionBatches(captions, plan, null));
  expect(validation.flat()).toHaveLength(captions.length);
});

test('a caption that was cut has no end mark to learn', () => {
  const batch = layOut([
    { imageIndex: 0, tokens: [5, 6], isFinished: false },
    { imageIndex: 1, tokens: [7] },
  ]);
  expect(batch).toMatchObject({
    inputs: Int32Array.from([2, 2, 5, 7, 6, 0]),
    targets: Int32Array.from([5, 7, 6, 3, 0, 0]),
    words: 4,
  });
});

test('a batch is laid out word by word with begin, end and pad marks', () => {
  const batch = layOut([
    { imageIndex: 9, tokens: [5, 6] },
    { imageIndex: 3, tokens: [7] },
    { imageIndex: 1, tokens: [] },
  ]);
  expect(batch).toEqual({
    size: 3,
    steps: 3,
    imageIndices: [9, 3, 1],
    inputs: Int32Array.from([2, 2, 2, 5, 7, 0, 6, 0, 0]),
    targets: Int32Array.from([5, 7, 3, 6, 3, 0, 3, 0, 0]),
    words: 6,
  });
});
