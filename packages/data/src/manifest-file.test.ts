import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetManifest } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFileStore, type FileStore } from './file-store.js';
import { readManifest, writeManifest } from './manifest-file.js';

const MANIFEST: DatasetManifest = {
  version: 1,
  source: 'test',
  images: [
    {
      id: '1',
      fileName: 'a.jpg',
      sha256: '0'.repeat(64),
      width: 2,
      height: 3,
      split: 'train',
      captions: [{ raw: 'A dog.', tokens: ['a', 'dog'] }],
      objects: null,
    },
  ],
  quarantined: [],
};

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-manifest-'));
  store = await openFileStore(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a manifest is read as it was written', async () => {
  const digest = await writeManifest(store, MANIFEST);
  expect(await readManifest(store, digest)).toEqual(MANIFEST);
});

test('the order of keys does not change the digest, a changed caption does', async () => {
  const digest = await writeManifest(store, MANIFEST);
  const reordered = Object.fromEntries(Object.entries(MANIFEST).reverse()) as DatasetManifest;
  expect(await writeManifest(store, reordered)).toBe(digest);

  const changed = structuredClone(MANIFEST);
  changed.images[0]?.captions[0]?.tokens.push('barks');
  expect(await writeManifest(store, changed)).not.toBe(digest);
});

test('an object that is no manifest is refused with what is wrong', async () => {
  const text = await store.put(Buffer.from('hello'));
  await expect(readManifest(store, text)).rejects.toMatchObject({ code: 'manifest-invalid' });

  const other = await store.put(
    Buffer.from('{"version":2,"source":"x","images":[],"quarantined":[]}'),
  );
  await expect(readManifest(store, other)).rejects.toMatchObject({
    code: 'manifest-invalid',
    message: expect.stringMatching(/version is 2: .*expected 1/) as string,
  });
});
