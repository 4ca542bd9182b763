import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetManifest, hashJson } from '@capgrid/contracts';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore, type FileStore } from '../file-store.js';
import { DEMO_SCENES, describeScenes, generateScenes } from './generate-scenes.js';
import { CELL_SIZE, SCENE_SIZE } from './scene.js';

const SMALL = { seed: 7, train: 12, val: 3, test: 4 };

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-scenes-'));
  store = await openFileStore(join(folder, 'store'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('generateScenes', () => {
  test('writes a valid manifest whose images are 96x96 JPEGs of the store', async () => {
    const manifest = await generateScenes(store, SMALL);

    expect(DatasetManifest.parse(manifest)).toEqual(manifest);
    expect(manifest.images.map((image) => image.split)).toEqual([
      ...Array<string>(12).fill('train'),
      ...Array<string>(3).fill('val'),
      ...Array<string>(4).fill('test'),
    ]);
    for (const image of manifest.images) {
      const { format, width, height } = await sharp(await store.read(image.sha256)).metadata();
      expect({ format, width, height }).toEqual({ format: 'jpeg', width: 96, height: 96 });
    }
  });

  test('gives the same bytes for the same seed and others for another seed', async () => {
    const other = await openFileStore(join(folder, 'other'));
    const first = await generateScenes(store, SMALL);

    expect(await generateScenes(other, SMALL)).toEqual(first);
    const hashes = (await generateScenes(other, { ...SMALL, seed: 8 })).images.map((i) => i.sha256);
    expect(hashes.filter((hash) => first.images.some((i) => i.sha256 === hash))).toEqual([]);
  });

  test('paints each object in its colour at its centre', async () => {
    const manifest = await generateScenes(store, SMALL);
    const isOfColour: Record<string, (r: number, g: number, b: number) => boolean> = {
      red: (r, g, b) => r > 180 && g < 80 && b < 90,
      yellow: (r, g, b) => r > 220 && g > 190 && b < 90,
      green: (r, g, b) => g > 130 && r < 80 && b < 100,
      blue: (r, g, b) => b > 200 && r < 80 && g < 140,
      purple: (r, g, b) => r > 120 && b > 160 && g < 90,
    };
    for (const { sha256, objects } of manifest.images) {
      const pixels = await sharp(await store.read(sha256))
        .raw()
        .toBuffer();
      for (const { colour, x, y } of objects ?? []) {
        const at = (Math.floor(y) * SCENE_SIZE + Math.floor(x)) * 3;
        const [r = 0, g = 0, b = 0] = pixels.subarray(at, at + 3);
        expect(isOfColour[colour]?.(r, g, b), `${colour} at ${x},${y}: ${r},${g},${b}`).toBe(true);
      }
    }
  });

  test('refuses a split without images', async () => {
    await expect(generateScenes(store, { ...SMALL, val: 0 })).rejects.toMatchObject({
      code: 'scenes-invalid',
      message: 'Scenes: val is 0; give a whole number of images, at least 1.',
    });
  });
});

describe('describeScenes', () => {
  test('describes the demo as it did when this digest was taken', () => {
    // Taken from `describeScenes(DEMO_SCENES)` after looking at the pictures and their captions.
    // A change means other scenes or captions for the same seed: scores stop being comparable.
    expect(hashJson(describeScenes(DEMO_SCENES))).toBe(
      '439446611123f537d9ec8d56abd354449840ed2902fd85916a631ec889bd8e06',
    );
  });

  test('a longer split begins with the scenes of a shorter one', () => {
    const short = describeScenes(SMALL).filter((scene) => scene.split === 'train');
    const long = describeScenes({ ...SMALL, train: 20 });
    expect(long.slice(0, 12)).toEqual(short);
  });

  test('objects never overlap, leave the image or share a cell of the encoder', () => {
    for (const { scene } of describeScenes(DEMO_SCENES)) {
      const cells = scene.objects.map(({ x, y }) => [x, y].map((v) => Math.floor(v / CELL_SIZE)));
      expect(new Set(cells.map(String)).size).toBe(scene.objects.length);
      scene.objects.forEach((one, index) => {
        expect(Math.min(one.x, one.y) - one.radius).toBeGreaterThan(0);
        expect(Math.max(one.x, one.y) + one.radius).toBeLessThan(SCENE_SIZE);
        for (const other of scene.objects.slice(index + 1)) {
          const distance = Math.hypot(one.x - other.x, one.y - other.y);
          expect(distance).toBeGreaterThan(one.radius + other.radius);
        }
      });
    }
  });

  test('each scene has five different captions of 4 to 14 words from a small vocabulary', () => {
    const words = new Set<string>();
    for (const { captions } of describeScenes(DEMO_SCENES)) {
      expect(new Set(captions.map((caption) => caption.raw)).size).toBe(5);
      for (const { tokens } of captions) {
        expect(tokens.length).toBeGreaterThanOrEqual(4);
        expect(tokens.length).toBeLessThanOrEqual(14);
        tokens.forEach((token) => words.add(token));
      }
    }
    expect(words.size).toBe(53);
  });

  test('counts, colours and sides in the captions are those of the picture', () => {
    const countWords = ['two', 'three', 'four'];
    for (const { scene, captions } of describeScenes(DEMO_SCENES)) {
      const colours = new Set(scene.objects.map((object) => object.colour));
      const [first, second] = scene.objects;
      for (const { tokens } of captions) {
        const named = tokens.filter((word) => colours.has(word));
        expect(new Set(named)).toEqual(colours);
        const counted = tokens.find((word) => countWords.includes(word));
        if (counted !== undefined) {
          const alike = scene.objects.filter((object) => object.colour === first?.colour).length;
          expect(counted).toBe(countWords[alike - 2]);
        }
        if (first === undefined || second === undefined) continue;
        const isFirstNamedFirst = tokens.indexOf(first.colour) < tokens.indexOf(second.colour);
        const text = tokens.join(' ');
        if (text.includes('left of'))
          expect([isFirstNamedFirst, first.x < second.x]).toEqual([true, true]);
        if (text.includes('right of'))
          expect([isFirstNamedFirst, first.x < second.x]).toEqual([false, true]);
        if (text.includes('above'))
          expect([isFirstNamedFirst, first.y < second.y]).toEqual([true, true]);
        if (text.includes('below'))
          expect([isFirstNamedFirst, first.y < second.y]).toEqual([false, true]);
      }
    }
  });
});
