import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore, type FileStore } from '../file-store.js';
import { importVectors } from './import-vectors.js';
import { openVectors, readVectorRows } from './vectors-file.js';

let folder: string;
let store: FileStore;
let vectorsPath: string;
let wordsPath: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-vectors-'));
  store = await openFileStore(join(folder, 'store'));
  vectorsPath = join(folder, 'vectors');
  wordsPath = join(folder, 'words.json');
});
afterEach(() => rm(folder, { recursive: true }));

/** As safetensors lays a file out. */
function safetensors(entries: object, data: Uint8Array): Buffer {
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

function tableOf(shape: number[], { name = 'vectors', dtype = 'F32', bytes = 24 } = {}): Buffer {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  const entries = { [name]: { dtype, shape, data_offsets: [0, bytes] } };
  return safetensors(entries, new Uint8Array(values.buffer));
}

function emptyArrays(count: number): Buffer {
  const empty = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
  const names = Array.from({ length: count }, (_, i) => `w${i}`);
  return safetensors(Object.fromEntries(names.map((name) => [name, empty])), new Uint8Array());
}

async function wordsIn(sha256: string): Promise<unknown> {
  return JSON.parse((await store.read(sha256)).toString('utf8'));
}

async function rowsIn(sha256: string, rows: number[]): Promise<number[][]> {
  const file = await openVectors(store.pathOf(sha256));
  return (await readVectorRows(file, rows)).map((row) => [...row]);
}

describe('safetensors with a list of words', () => {
  test.each([
    ['a list', '["a","dog"]'],
    ['an object with the list', '{"dim":3,"words":["a","dog"]}'],
  ])('%s goes into the store with the vectors', async (_what, words) => {
    await writeFile(vectorsPath, tableOf([2, 3]));
    await writeFile(wordsPath, words);
    const imported = await importVectors(store, vectorsPath, wordsPath);
    expect(imported).toMatchObject({ words: 2, width: 3 });
    expect(await wordsIn(imported.wordsSha256)).toEqual(['a', 'dog']);
    expect(await rowsIn(imported.vectorsSha256, [1, 0, 1])).toEqual([
      [4, 5, 6],
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await expect(rowsIn(imported.vectorsSha256, [2])).rejects.toThrow('no row 2 of 2');
  });

  test.each([
    ['other names', tableOf([2, 3], { name: 'weights' }), 'no array "vectors" (it has "weights")'],
    [
      'no arrays',
      safetensors({}, new Uint8Array()),
      'no array "vectors" (it has none). Name it so.',
    ],
    [
      'many other names',
      emptyArrays(7),
      '(it has "w0", "w1", "w2", "w3", "w4" and 2 more). Name it so.',
    ],
    ['one axis', tableOf([6]), 'has the shape [6]. Give it [words, width]'],
    ['another type', tableOf([2, 3], { dtype: 'F64' }), 'is of type F64. Save it as F32.'],
    [
      'fewer bytes',
      tableOf([2, 3], { bytes: 20 }).subarray(0, -4),
      'keeps 20 bytes of "vectors" for 24',
    ],
    ['fewer rows', tableOf([1, 6]), 'has 1 vectors, '],
    ['a file cut short', tableOf([2, 3]).subarray(0, -4), 'it was cut short'],
    [
      'bytes of no array',
      tableOf([2, 3], { bytes: 20 }),
      'fill 20 bytes of the data, which has 24',
    ],
    ['text', Buffer.from('these are no vectors at all'), 'is no safetensors file'],
  ])('%s are refused with the reason', async (_what, bytes, message) => {
    await writeFile(vectorsPath, bytes);
    await writeFile(wordsPath, '["a","dog"]');
    await expect(importVectors(store, vectorsPath, wordsPath)).rejects.toThrow(message);
  });

  test('safetensors without a list of words are not read as text', async () => {
    await writeFile(vectorsPath, tableOf([2, 3]));
    await expect(importVectors(store, vectorsPath, null)).rejects.toMatchObject({
      code: 'vectors-invalid',
      message: `${vectorsPath} is a safetensors file, which has no words. Add --words with a JSON list of the word of each row.`,
    });
  });

  test.each(['{"words":"a dog"}', '[1,2]', 'a dog', '{"a":0,"dog":1}'])(
    '%s is no list of words',
    async (text) => {
      await writeFile(vectorsPath, tableOf([2, 3]));
      await writeFile(wordsPath, text);
      await expect(importVectors(store, vectorsPath, wordsPath)).rejects.toMatchObject({
        code: 'vectors-invalid',
        message: `${wordsPath} is no list of words. Give a JSON list, or an object with the list "words".`,
      });
    },
  );
});

describe('text', () => {
  test.each([
    ['GloVe', 'a 1 2.5\ndog -3e-1 4\n'],
    ['word2vec with its first line, carriage returns, no end', '2 2\r\na 1 2.5 \r\ndog -0.3 4'],
    ['tabs and empty lines', 'a\t1\t2.5\n\ndog\t-.3\t4\n\n'],
  ])('%s becomes the same vectors as safetensors', async (_what, text) => {
    await writeFile(vectorsPath, text);
    const imported = await importVectors(store, vectorsPath, null);
    expect(imported).toMatchObject({ words: 2, width: 2 });
    expect(await wordsIn(imported.wordsSha256)).toEqual(['a', 'dog']);
    expect(await rowsIn(imported.vectorsSha256, [0, 1])).toEqual([
      [1, 2.5],
      [Math.fround(-0.3), 4],
    ]);
  });

  test('a word may have spaces, and characters that end lines elsewhere', async () => {
    await writeFile(vectorsPath, 'a 1 2\n. . . 3 4\nb\u2028c\u0085 5 6\n');
    const { wordsSha256 } = await importVectors(store, vectorsPath, null);
    expect(await wordsIn(wordsSha256)).toEqual(['a', '. . .', 'b\u2028c\u0085']);
  });

  test('a file of many lines keeps each, wherever reading stopped on the way', async () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `wört${i}`);
    await writeFile(vectorsPath, words.map((word, i) => `${word} ${i} ${-i}\n`).join(''));
    const imported = await importVectors(store, vectorsPath, null);
    expect(await wordsIn(imported.wordsSha256)).toEqual(words);
    expect(await rowsIn(imported.vectorsSha256, [0, 9_999, 19_999])).toEqual([
      [0, 0],
      [9_999, -9_999],
      [19_999, -19_999],
    ]);
  });

  test.each([
    ['a 1 2\ndog 3\n', 'Line 2 of', 'has no word with 2 numbers'],
    ['a 1 2\n3 4\n', 'Line 2 of', 'has no word with 2 numbers'],
    ['a 1 2\ndog 3 x\n', 'Line 2 of', 'has "x" for a number'],
    ['a 1 NaN\n', 'Line 1 of', 'has "NaN" for a number'],
    ['a\n', 'Line 1 of', 'has no word with 1 numbers'],
    ['', 'has no line with a word and its vector', 'safetensors with --words'],
  ])('%j is refused with its line', async (text, place, found) => {
    await writeFile(vectorsPath, text);
    const importing = importVectors(store, vectorsPath, null);
    await expect(importing).rejects.toMatchObject({ code: 'vectors-invalid' });
    await expect(importing).rejects.toThrow(place);
    await expect(importing).rejects.toThrow(found);
  });
});
