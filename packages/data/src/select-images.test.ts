import type { DatasetManifest, Split } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { selectImages } from './select-images.js';

const MANIFEST: DatasetManifest = {
  version: 1,
  source: 'test',
  images: [...images('train', 80), ...images('val', 5), ...images('test', 15)],
  quarantined: [],
};

function images(split: Split, count: number): DatasetManifest['images'] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${split}${index}`,
    fileName: `${split}${index}.jpg`,
    sha256: '0'.repeat(64),
    width: 1,
    height: 1,
    split,
    captions: [{ raw: 'A dog.', tokens: ['a', 'dog'] }],
    objects: null,
  }));
}

function counts(limit: number | null): number[] {
  const chosen = selectImages(MANIFEST, limit);
  return ['train', 'val', 'test'].map(
    (split) => chosen.filter((image) => image.split === split).length,
  );
}

test('keeps the proportions of the splits, with at least one image of each', () => {
  expect(counts(40)).toEqual([32, 2, 6]);
  expect(counts(20)).toEqual([16, 1, 3]);
  expect(counts(3)).toEqual([1, 1, 1]);
});

test('takes everything without a limit or with one beyond the data set', () => {
  expect(selectImages(MANIFEST, null)).toEqual(MANIFEST.images);
  expect(selectImages(MANIFEST, 1000)).toEqual(MANIFEST.images);
});

test('gives exactly the limit, and a larger limit only adds images', () => {
  let smaller = new Set<string>();
  for (let limit = 3; limit <= 100; limit += 1) {
    const chosen = new Set(selectImages(MANIFEST, limit).map((image) => image.id));
    expect(chosen.size).toBe(limit);
    expect([...smaller].filter((id) => !chosen.has(id))).toEqual([]);
    smaller = chosen;
  }
});

test('does not depend on the order of the manifest', () => {
  const reversed = { ...MANIFEST, images: [...MANIFEST.images].reverse() };
  expect(selectImages(reversed, 10).reverse()).toEqual(selectImages(MANIFEST, 10));
});

test('refuses a limit below the number of splits', () => {
  expect(() => selectImages(MANIFEST, 2)).toThrow(
    'data.limit is 2; use at least 3, one image per split, or null for all.',
  );
});
