/**
 * The synthetic scenes dataset: a captioning task small enough to train in seconds, with captions
 * that are true of the picture. The same seed gives the same scenes, captions and, with the same
 * version of sharp, the same image bytes. Image n of a split does not depend on the split's size.
 */
import { SPLITS, type DatasetImage, type DatasetManifest, type Split } from '@capgrid/contracts';
import sharp from 'sharp';
import { DataError } from '../data-error.js';
import type { FileStore } from '../file-store.js';
import { mapConcurrently } from '../concurrency.js';
import { captionScene } from './caption-scene.js';
import { composeScene } from './compose-scene.js';
import { drawScene } from './draw-scene.js';
import { createRng } from './rng.js';
import { SCENE_SIZE, type Scene } from './scene.js';

export interface ScenesOptions {
  seed: number;
  /** Number of images per split. */
  train: number;
  val: number;
  test: number;
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** The size of the demo. */
export const DEMO_SCENES = { seed: 1, train: 1200, val: 100, test: 200 } as const;

/** A scene with its captions, before it is drawn. */
export type DescribedScene = Pick<DatasetImage, 'id' | 'fileName' | 'split' | 'captions'> & {
  scene: Scene;
};

const RENDERERS = 4;
const JPEG = { quality: 92, chromaSubsampling: '4:4:4', progressive: false } as const;

/** Renders the scenes into the store and returns their manifest (not yet stored). */
export async function generateScenes(
  store: FileStore,
  options: ScenesOptions,
): Promise<DatasetManifest> {
  const described = describeScenes(options);
  let done = 0;
  const images = await mapConcurrently(described, RENDERERS, async ({ scene, ...image }) => {
    const svg = Buffer.from(drawScene(scene));
    const sha256 = await store.put(await sharp(svg).jpeg(JPEG).toBuffer());
    done += 1;
    options.onProgress?.({ done, total: described.length });
    const { objects } = scene;
    return { ...image, sha256, width: SCENE_SIZE, height: SCENE_SIZE, objects };
  });
  const { seed, train, val, test } = options;
  const source = `scenes seed ${seed} train ${train} val ${val} test ${test}`;
  return { version: 1, source, images, quarantined: [] };
}

/** All scenes in the order of the manifest: train, val, test. Pure. */
export function describeScenes(options: ScenesOptions): DescribedScene[] {
  const root = createRng(options.seed);
  const seen = new Set<string>();
  const described: DescribedScene[] = [];
  for (const split of SPLITS) {
    for (let index = 0; index < checkedCount(options, split); index += 1) {
      const rng = root.fork(`${split}/${index}`);
      const scene = composeUnseen(seen, () => composeScene(rng));
      const number = String(index + 1).padStart(5, '0');
      described.push({
        id: `${split}-${number}`,
        fileName: `scene-${split}-${number}.jpg`,
        split,
        captions: captionScene(scene, rng),
        scene,
      });
    }
  }
  return described;
}

/** No picture appears twice, so none can be in two splits. */
function composeUnseen(seen: Set<string>, compose: () => Scene): Scene {
  for (;;) {
    const scene = compose();
    const picture = drawScene(scene);
    if (seen.has(picture)) continue;
    seen.add(picture);
    return scene;
  }
}

function checkedCount(options: ScenesOptions, split: Split): number {
  const count = options[split];
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new DataError(
    'scenes-invalid',
    `Scenes: ${split} is ${count}; give a whole number of images, at least 1.`,
  );
}
