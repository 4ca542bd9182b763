import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFeatures } from './feature-reader.js';
import { writeFeatures } from './feature-writer.js';
import { openFileStore, type FileStore } from './file-store.js';

const META = { imageIds: ['7', 'b', 'ü'], regions: 2, channels: 3 };
const ROWS = Float32Array.from({ length: 18 }, (_, index) => index / 8);

let store: FileStore;

beforeEach(async () => {
  store = await openFileStore(await mkdtemp(join(tmpdir(), 'capgrid-features-')));
});

afterEach(async () => {
  await rm(store.root, { recursive: true, force: true });
});

/** The path of a finished file. */
async function writeAll(): Promise<string> {
  const writer = await writeFeatures(store, 'key', META);
  await writer.append(ROWS);
  return store.pathOf(await writer.finish());
}

async function unfinished(): Promise<string> {
  const [name = 'none'] = await readdir(store.temporaryFolder);
  return join(store.temporaryFolder, name);
}

describe('a feature file', () => {
  test.each([
    { where: 'in memory', inMemoryBytes: 72 },
    { where: 'from disk', inMemoryBytes: 71 },
  ])('gives back the rows of any images, read $where', async ({ inMemoryBytes }) => {
    const writer = await writeFeatures(store, 'key', META);
    await writer.append(ROWS.subarray(0, 6));
    await writer.append(ROWS.subarray(6));
    const path = store.pathOf(await writer.finish());

    const features = await openFeatures(path, { inMemoryBytes });
    expect(features.isInMemory).toBe(inMemoryBytes === 72);
    expect([features.count, features.regions, features.channels]).toEqual([3, 2, 3]);
    const batch = features.batch([features.indexOf('ü'), features.indexOf('7'), 2]);
    expect(batch).toEqual(
      Float32Array.from([...ROWS.subarray(12), ...ROWS.subarray(0, 6), ...ROWS.subarray(12)]),
    );
    await features.close();
  });

  test('is one file, whose rows start at a multiple of 64 bytes', async () => {
    const path = await writeAll();
    expect(await readdir(store.temporaryFolder)).toEqual([]);
    expect(((await stat(path)).size - ROWS.byteLength) % 64).toBe(0);
  });

  test('keeps how many regions of each image are no padding', async () => {
    const counts = [2, 1, 2];
    const writer = await writeFeatures(store, 'key', { ...META, counts });
    await writer.append(ROWS);
    const features = await openFeatures(store.pathOf(await writer.finish()));
    expect(features.counts).toEqual(counts);
    expect((await openFeatures(await writeAll())).counts).toBeNull();
  });

  test.each([[[1, 2]], [[1, 2, 3]], [[0, 1, 2]]])('refuses the counts %j', async (counts) => {
    await expect(writeFeatures(store, 'key', { ...META, counts })).rejects.toMatchObject({
      code: 'feature-shape',
    });
  });

  test('without counts is as it always was', async () => {
    const header = (await readFile(await writeAll())).subarray(12);
    expect(header.toString('utf8')).toMatch(
      /^{"version":1,"dtype":"f32","regions":2,"channels":3,"imageIds":\["7","b","ü"\]} *\0/,
    );
  });

  test('is not finished before all images are written', async () => {
    const writer = await writeFeatures(store, 'key', META);
    await writer.append(ROWS.subarray(0, 12));
    await expect(writer.finish()).rejects.toMatchObject({
      code: 'feature-shape',
      message: 'Features: 2 of 3 images are written; append the others first.',
    });
    await writer.close();
  });

  test('rows of another shape or more than announced are refused', async () => {
    const writer = await writeFeatures(store, 'key', META);
    await expect(writer.append(ROWS.subarray(0, 5))).rejects.toMatchObject({
      code: 'feature-shape',
    });
    await expect(writer.append(new Float32Array(24))).rejects.toMatchObject({
      code: 'feature-shape',
    });
    expect(writer.rowsWritten).toBe(0);
    await writer.close();
  });

  test('an image listed twice is refused', async () => {
    await expect(
      writeFeatures(store, 'key', { ...META, imageIds: ['1', '1'] }),
    ).rejects.toMatchObject({
      code: 'feature-shape',
      message: 'Features: image 1 is listed twice; list it once.',
    });
  });

  test('unknown images and rows are refused', async () => {
    const features = await openFeatures(await writeAll());
    expect(() => features.indexOf('c')).toThrow('has no features of image c');
    expect(() => features.batch([3])).toThrow(expect.objectContaining({ code: 'feature-range' }));
    expect(() => features.batch([-1])).toThrow(expect.objectContaining({ code: 'feature-range' }));
  });
});

describe('a damaged feature file', () => {
  test('that is too short or too long is refused', async () => {
    const path = await writeAll();
    await appendFile(path, 'x');
    await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-invalid' });
    await truncate(path, (await stat(path)).size - 2);
    await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-truncated' });
  });

  test('that ends in its header is refused', async () => {
    const path = await writeAll();
    await truncate(path, 40);
    await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-invalid' });
  });

  test.each(['', 'CAPG', 'a text that is no feature file', 'CAPGRIDF\u00ff\u00ff\u00ff\u00ff'])(
    'that holds %j is refused',
    async (text) => {
      const path = store.temporaryPath();
      await writeFile(path, text, 'latin1');
      await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-invalid' });
    },
  );
});

describe('writeFeatures', () => {
  test('goes on after the last whole row that a killed writer left', async () => {
    const first = await writeFeatures(store, 'key', META);
    await first.append(ROWS.subarray(0, 12));
    await first.close();
    await appendFile(await unfinished(), Buffer.alloc(7));

    const second = await writeFeatures(store, 'key', META);
    expect(second.rowsWritten).toBe(2);
    expect(await readdir(store.temporaryFolder)).toHaveLength(1);
    await second.append(ROWS.subarray(12));
    const path = store.pathOf(await second.finish());
    expect((await openFeatures(path)).batch([0, 1, 2])).toEqual(ROWS);
  });

  test('starts anew when nothing is there or it is of another feature set', async () => {
    const first = await writeFeatures(store, 'key', META);
    expect(first.rowsWritten).toBe(0);
    await first.append(ROWS);
    await first.close();

    const second = await writeFeatures(store, 'key', { ...META, imageIds: ['7', 'b', 'c'] });
    expect(second.rowsWritten).toBe(0);
    await second.close();
    const other = await writeFeatures(store, 'another', META);
    expect(other.rowsWritten).toBe(0);
    await other.close();
  });

  test('lets a writer that was taken for killed finish as well', async () => {
    const first = await writeFeatures(store, 'key', META);
    await first.append(ROWS.subarray(0, 6));
    const second = await writeFeatures(store, 'key', META);
    expect(second.rowsWritten).toBe(1);
    await second.append(ROWS.subarray(6, 12));
    await first.append(ROWS.subarray(6));
    await second.append(ROWS.subarray(12));

    const digests = [await second.finish(), await first.finish()];
    expect(digests[1]).toBe(digests[0]);
    const features = await openFeatures(store.pathOf(digests[0] ?? ''));
    expect(features.batch([0, 1, 2])).toEqual(ROWS);
    await features.close();
    expect(await readdir(store.temporaryFolder)).toEqual([]);
  });

  test('serves writers that start at the same time', async () => {
    const left = await writeFeatures(store, 'key', META);
    await left.append(ROWS.subarray(0, 6));
    await left.close();
    const digests = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const writer = await writeFeatures(store, 'key', META);
        await writer.append(ROWS.subarray(writer.rowsWritten * 6));
        return writer.finish();
      }),
    );
    expect(new Set(digests).size).toBe(1);
    await store.verify(digests[0] ?? '');
    expect(await readdir(store.temporaryFolder)).toEqual([]);
  });
});
