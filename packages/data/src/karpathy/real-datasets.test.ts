/** Imports the real data sets where a copy is at hand: CAPGRID_SHARED, or `shared` beside the checkout. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore, type FileStore } from '../file-store.js';
import { buildVocabulary } from '../vocabulary.js';
import { importKarpathy } from './import-karpathy.js';
import { readKarpathyPlan } from './karpathy-json.js';

const SHARED =
  process.env['CAPGRID_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));
const DATA = join(SHARED, 'data');
const isAbsent = !existsSync(join(DATA, 'dataset_flickr8k.json'));

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-real-'));
  store = await openFileStore(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(isAbsent)(`real data sets${isAbsent ? ` (skipped: no ${DATA})` : ''}`, () => {
  test('Flickr8k has 7,630 training words, 2,537 of them at least five times', async () => {
    const { images, skippedSplits } = await readKarpathyPlan(join(DATA, 'dataset_flickr8k.json'));
    const train = images.filter((image) => image.split === 'train');
    const captions = train.flatMap((image) => image.captions.map((caption) => caption.tokens));

    expect([train.length, images.length, skippedSplits]).toEqual([6000, 8000, { unused: 91 }]);
    expect(buildVocabulary(captions, 1).size - 4).toBe(7630);
    expect(buildVocabulary(captions, 5).size - 4).toBe(2537);
    expect(Math.max(...captions.map((tokens) => tokens.length))).toBe(36);
  });

  test('the COCO sample imports whole, with its aspect ratios', async () => {
    const { manifest } = await importKarpathy(store, {
      jsonPath: join(DATA, 'dataset_coco_mini.json'),
      imagePaths: [join(DATA, 'coco_mini_256.tar')],
    });
    expect([manifest.images.length, manifest.quarantined]).toEqual([239, []]);
    const [first] = manifest.images;
    expect([first?.id, first?.width, first?.height]).toEqual(['139', 385, 256]);
  });

  // 2,091 pictures take a few seconds; the whole of Flickr8k would take four times as long.
  test('the evaluation images of Flickr8k all decode', { timeout: 120_000 }, async () => {
    const { manifest } = await importKarpathy(store, {
      jsonPath: join(DATA, 'dataset_flickr8k.json'),
      imagePaths: [join(DATA, 'flickr8k_eval.tar')],
    });
    expect(manifest.images.length).toBe(2000);
    const reasons = new Set(manifest.quarantined.map(({ reason }) => reason));
    expect([...reasons]).toEqual(['not found among the images']);
  });
});
