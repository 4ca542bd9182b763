import { appendFile, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFeatures } from './feature-reader.js';
import { createFeatureFile, resumeFeatureFile } from './feature-writer.js';

const META = { imageIds: ['7', 'b', 'ü'], regions: 2, channels: 3 };
const ROWS = Float32Array.from({ length: 18 }, (_, index) => index / 8);

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-features-'));
  path = join(folder, 'features');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function writeAll(): Promise<void> {
  const writer = await createFeatureFile(path, META);
  await writer.append(ROWS);
  await writer.finish();
}

describe('a feature file', () => {
  test.each([
    { where: 'in memory', inMemoryBytes: 72 },
    { where: 'from disk', inMemoryBytes: 71 },
  ])('gives back the rows of any images, read $where', async ({ inMemoryBytes }) => {
    const writer = await createFeatureFile(path, META);
    await writer.append(ROWS.subarray(0, 6));
    await writer.append(ROWS.subarray(6));
    await writer.finish();

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
    await writeAll();
    expect(await readdir(folder)).toEqual(['features']);
    expect(((await stat(path)).size - ROWS.byteLength) % 64).toBe(0);
  });

  test('appears under its name only when finished', async () => {
    const writer = await createFeatureFile(path, META);
    await writer.append(ROWS.subarray(0, 12));
    await expect(writer.finish()).rejects.toMatchObject({
      code: 'feature-shape',
      message: 'Features: 2 of 3 images are written; append the others first.',
    });
    await expect(openFeatures(path)).rejects.toMatchObject({ code: 'object-missing' });
    await writer.close();
  });

  test('rows of another shape or more than announced are refused', async () => {
    const writer = await createFeatureFile(path, META);
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
    await expect(createFeatureFile(path, { ...META, imageIds: ['1', '1'] })).rejects.toMatchObject({
      code: 'feature-shape',
      message: 'Features: image 1 is listed twice; list it once.',
    });
  });

  test('unknown images and rows are refused', async () => {
    await writeAll();
    const features = await openFeatures(path);
    expect(() => features.indexOf('c')).toThrow('has no features of image c');
    expect(() => features.batch([3])).toThrow(expect.objectContaining({ code: 'feature-range' }));
    expect(() => features.batch([-1])).toThrow(expect.objectContaining({ code: 'feature-range' }));
  });
});

describe('a damaged feature file', () => {
  test('that is too short or too long is refused', async () => {
    await writeAll();
    await appendFile(path, 'x');
    await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-invalid' });
    await truncate(path, (await stat(path)).size - 2);
    await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-truncated' });
  });

  test('that ends in its header is refused', async () => {
    await writeAll();
    await truncate(path, 40);
    await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-invalid' });
  });

  test.each(['', 'CAPG', 'a text that is no feature file', 'CAPGRIDF\u00ff\u00ff\u00ff\u00ff'])(
    'that holds %j is refused',
    async (text) => {
      await writeFile(path, text, 'latin1');
      await expect(openFeatures(path)).rejects.toMatchObject({ code: 'feature-file-invalid' });
    },
  );
});

describe('resumeFeatureFile', () => {
  test('goes on after the last whole row', async () => {
    const first = await createFeatureFile(path, META);
    await first.append(ROWS.subarray(0, 12));
    await first.close();
    await appendFile(`${path}.partial`, Buffer.alloc(7));

    const second = await resumeFeatureFile(path, META);
    expect(second.rowsWritten).toBe(2);
    await second.append(ROWS.subarray(12));
    await second.finish();
    expect((await openFeatures(path)).batch([0, 1, 2])).toEqual(ROWS);
  });

  test('starts anew when nothing is there or it is of another feature set', async () => {
    const first = await resumeFeatureFile(path, META);
    expect(first.rowsWritten).toBe(0);
    await first.append(ROWS);
    await first.close();

    const second = await resumeFeatureFile(path, { ...META, imageIds: ['7', 'b', 'c'] });
    expect(second.rowsWritten).toBe(0);
    await second.close();
  });
});
