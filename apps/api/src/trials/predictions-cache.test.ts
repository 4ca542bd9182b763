import type { Sha256 } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { PredictionsCache } from './predictions-cache.js';

/** A cache of 10 bytes over files whose names are their sizes, and what it has read. */
function cacheOfSizes() {
  const files: Sha256[] = [];
  const cache = new PredictionsCache(10, async (name) => {
    files.push(name);
    if (name === 'missing') throw new Error('no such file');
    return { predictions: [], bytes: Number(name) };
  });
  return { files, readAll: (names: Sha256[]) => readInTurn(cache, names) };
}

async function readInTurn(cache: PredictionsCache, names: Sha256[]): Promise<void> {
  for (const name of names) await cache.read(name);
}

test('files are kept as long as they have the bytes together', async () => {
  const { files, readAll } = cacheOfSizes();
  await readAll(['1', '2', '3', '4', '1', '2', '3', '4']);
  expect(files).toEqual(['1', '2', '3', '4']);
});

test('what was used longest ago goes first', async () => {
  const { files, readAll } = cacheOfSizes();
  await readAll(['4', '5', '4', '3', '4', '3', '5']);
  expect(files).toEqual(['4', '5', '3', '5']);
});

test('a file beyond all bounds is kept until another one is read', async () => {
  const { files, readAll } = cacheOfSizes();
  await readAll(['1', '90', '90', '1', '90']);
  expect(files).toEqual(['1', '90', '1', '90']);
});

test('readers at the same time share one reading', async () => {
  const { files, readAll } = cacheOfSizes();
  await Promise.all([readAll(['4']), readAll(['4'])]);
  expect(files).toEqual(['4']);
});

test('a file that could not be read is tried again', async () => {
  const { files, readAll } = cacheOfSizes();
  await expect(readAll(['missing'])).rejects.toThrow('no such file');
  await expect(readAll(['missing'])).rejects.toThrow('no such file');
  expect(files).toEqual(['missing', 'missing']);
});

test('a file that is still being read is kept, and those go that have been read', async () => {
  const files: Sha256[] = [];
  let finishReading = (): void => {};
  const isRead = new Promise<void>((resolve) => {
    finishReading = resolve;
  });
  const cache = new PredictionsCache(10, async (name) => {
    files.push(name);
    if (name === '4') await isRead;
    return { predictions: [], bytes: Number(name) };
  });
  const slow = cache.read('4');
  await readInTurn(cache, ['5', '6']);
  finishReading();
  await slow;
  await readInTurn(cache, ['4', '6', '5']);
  expect(files).toEqual(['4', '5', '6', '5']);
});
