/** Feature files of the store that are damaged or gone. */
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DatasetImage } from '@capgrid/contracts';
import { openFileStore, writeFeatures, type FileStore } from '@capgrid/data';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadFeatures } from './load-features.js';

const ROWS = Float32Array.of(1, 2, 3, 4);
const REMEDY = expect.stringContaining('retry the sweep: what computed it runs again') as string;

let store: FileStore;
beforeEach(async () => {
  store = await openFileStore(await mkdtemp(join(tmpdir(), 'capgrid-load-features-')));
});
afterEach(() => rm(store.root, { recursive: true }));

const images: DatasetImage[] = ['a', 'b'].map((id) => ({
  id,
  fileName: `${id}.jpg`,
  sha256: 'f'.repeat(64),
  width: 8,
  height: 8,
  split: 'train',
  captions: [],
  objects: null,
}));

async function extract(): Promise<string> {
  const meta = { imageIds: images.map(({ id }) => id), regions: 1, channels: 2 };
  const writer = await writeFeatures(store, 'key', meta);
  await writer.append(ROWS);
  return writer.finish();
}

it('a damaged file is moved aside, and the same features can take its place', async () => {
  const sha256 = await extract();
  await truncate(store.pathOf(sha256), 100);
  await expect(loadFeatures(store, sha256, images)).rejects.toMatchObject({
    code: 'object-corrupt',
    message: REMEDY,
  });
  expect(await store.has(sha256)).toBe(false);
  expect(await readdir(dirname(store.pathOf(sha256)))).toHaveLength(1);

  expect(await extract()).toBe(sha256);
  const features = await loadFeatures(store, sha256, images);
  expect(features.batch([1, 0])).toEqual(Float32Array.of(3, 4, 1, 2));
});

it('a whole file that this release cannot read stays where it is', async () => {
  const sha256 = await store.put(new TextEncoder().encode('features of another release'));
  await expect(loadFeatures(store, sha256, images)).rejects.toMatchObject({
    code: 'feature-file-invalid',
    message: expect.stringContaining('Use the release that wrote it') as string,
  });
  expect(await store.has(sha256)).toBe(true);
});

it('a missing file is named with what brings it back', async () => {
  await expect(loadFeatures(store, 'd'.repeat(64), images)).rejects.toMatchObject({
    code: 'object-missing',
    message: expect.stringMatching(/d{64}.*Retry the sweep: what computed it runs again/) as string,
  });
});
