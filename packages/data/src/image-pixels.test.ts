import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore, type FileStore } from './file-store.js';
import { decodeImages } from './image-pixels.js';

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-pixels-'));
  store = await openFileStore(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function decode(image: Sharp, size: number): Promise<number[]> {
  const sha256 = await store.put(await image.toBuffer());
  return [...(await decodeImages(store, [{ sha256, fileName: 'image' }], size))];
}

/** An image of one colour. */
function plain(background: string, width = 8, height = 8): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** Lossy formats and conversions between colour spaces round; 3 of 255 is not visible. */
const TOLERANCE = 3;

function expectColour(pixels: number[], [r, g, b]: [number, number, number]): void {
  expect(pixels.length % 3).toBe(0);
  pixels.forEach((value, index) => {
    const expected = [r, g, b][index % 3] ?? 0;
    expect(Math.abs(value - expected), `value ${index}: ${value}`).toBeLessThanOrEqual(TOLERANCE);
  });
}

describe('decodeImages', () => {
  test('puts images one after the other, [images, size, size, 3]', async () => {
    const images = await Promise.all(
      ['#ff0000', '#00ff00', '#0000ff'].map(async (colour) => ({
        fileName: `${colour}.png`,
        sha256: await store.put(await plain(colour).png().toBuffer()),
      })),
    );
    const pixels = await decodeImages(store, images, 2);
    const perImage = [0, 1, 2].map((index) => [...pixels.subarray(index * 12, index * 12 + 12)]);
    expect(perImage).toEqual([
      [255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0],
      [0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0],
      [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255],
    ]);
  });

  test('stretches to the square, so the left third of a wide image stays a third', async () => {
    const wide = plain('#ffffff', 60, 20).composite([
      { input: await plain('#000000', 20, 20).png().toBuffer(), left: 0, top: 0 },
    ]);
    const pixels = await decode(wide.png(), 6);
    const row = Array.from({ length: 6 }, (_, x) => pixels[x * 3] ?? -1);
    expect(row.map((value) => value < 128)).toEqual([true, true, false, false, false, false]);
  });

  test('gray images get three equal channels', async () => {
    expectColour(await decode(plain('#808080').toColourspace('b-w').jpeg(), 4), [128, 128, 128]);
    expectColour(await decode(plain('#808080').toColourspace('b-w').png(), 4), [128, 128, 128]);
  });

  test('16-bit images become 8-bit', async () => {
    expectColour(await decode(plain('#408020').toColourspace('rgb16').png(), 2), [64, 128, 32]);
  });

  test('CMYK images become RGB', async () => {
    const [r = 0, g = 0, b = 0, ...rest] = await decode(
      plain('#ff0000').toColourspace('cmyk').jpeg({ quality: 100 }),
      1,
    );
    expect(rest).toEqual([]);
    // CMYK inks cannot show pure red, so only its character is asserted.
    expect([r > 180, g < 90, b < 90]).toEqual([true, true, true]);
  });

  test('transparent parts become white', async () => {
    const clear = { r: 255, g: 0, b: 0, alpha: 0 };
    const image = sharp({ create: { width: 4, height: 4, channels: 4, background: clear } });
    expectColour(await decode(image.png(), 2), [255, 255, 255]);
  });

  test('turned photos come upright', async () => {
    const wide = plain('#ffffff', 40, 20).composite([
      { input: await plain('#000000', 20, 20).png().toBuffer(), left: 0, top: 0 },
    ]);
    // EXIF orientation 6: the left side of the stored image is the top.
    const pixels = await decode(wide.withMetadata({ orientation: 6 }).jpeg(), 2);
    expect([0, 3, 6, 9].map((at) => (pixels[at] ?? 0) > 128)).toEqual([false, false, true, true]);
  });

  test('an image that was cut off is a typed error that names the file', async () => {
    const whole = await plain('#336699', 64, 64).jpeg().toBuffer();
    const sha256 = await store.put(whole.subarray(0, whole.byteLength / 2));
    await expect(decodeImages(store, [{ sha256, fileName: 'cut.jpg' }], 8)).rejects.toMatchObject({
      code: 'image-undecodable',
      message: expect.stringContaining('cut.jpg does not decode') as string,
    });
  });
});
