import type { SceneObject } from '@capgrid/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { encodeScenes, measureScenesEncoder } from './encode-scenes.js';
import { movedImages, movedObjects } from './move-scene.js';
import { answerCounts, cellAnswers, sceneQuestions } from './scene-labels.js';
import { trainScenesEncoder, type ScenesEncoderStep } from './train-scenes-encoder.js';

const SIZE = 32;
const IMAGE_BYTES = SIZE * SIZE * 3;
/**
 * A native matrix product of fewer rows adds in another order: some float32 roundings (1e-7) of sums
 * over 432 terms, four layers deep, scaled by up to 1 / deviation.
 */
const ALONE_TOLERANCE = 1e-4;

/** One plain square of 8 pixels per scene: red or blue, in one of four cells. */
function plainScenes(count: number): { pixels: Uint8Array; labels: SceneObject[][] } {
  const rng = Rng.from(4);
  const pixels = new Uint8Array(count * IMAGE_BYTES).fill(255);
  const labels: SceneObject[][] = [];
  for (let image = 0; image < count; image += 1) {
    const isRed = rng.uniform() < 0.5;
    const x = 8 + 16 * rng.integer(2);
    const y = 8 + 16 * rng.integer(2);
    for (let row = y - 4; row < y + 4; row += 1) {
      for (let column = x - 4; column < x + 4; column += 1) {
        pixels.set(
          isRed ? [220, 20, 20] : [20, 20, 220],
          image * IMAGE_BYTES + (row * SIZE + column) * 3,
        );
      }
    }
    labels.push([
      { shape: 'square', colour: isRed ? 'red' : 'blue', size: 'small', x, y, radius: 4 },
    ]);
  }
  return { pixels, labels };
}

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

describe('encoder of the scenes', () => {
  const { pixels, labels } = plainScenes(20);
  const options = {
    images: (indices: readonly number[]): Uint8Array => {
      const out = new Uint8Array(indices.length * IMAGE_BYTES);
      for (const [i, index] of indices.entries()) {
        out.set(pixels.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES), i * IMAGE_BYTES);
      }
      return out;
    },
    labels,
    imageSize: SIZE,
    channels: 12,
    seed: 1,
  };

  test('learns, and encodes an image alone as in a batch', async () => {
    const steps: ScenesEncoderStep[] = [];
    const { weights, questions } = await trainScenesEncoder({
      ...options,
      engine,
      epochs: 10,
      onProgress: (step) => steps.push(step),
    });
    expect(steps.at(-1)?.done).toBe(200);
    // 20 updates are too few to read cells right, but enough to lose a fifth of the loss.
    expect(steps.at(-1)?.loss).toBeLessThan(0.8 * (steps[0]?.loss ?? 0));
    const accuracy = await measureScenesEncoder(engine, weights, questions, pixels, labels, SIZE);
    expect(accuracy.cells).toBeGreaterThan(0);

    const all = await encodeScenes(engine, weights, pixels, SIZE);
    expect(all.length).toBe(20 * 4 * 12);
    for (let channel = 0; channel < 12; channel += 1) {
      const values = all.filter((_, i) => i % 12 === channel);
      expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(0, 3);
    }
    const alone = await encodeScenes(engine, weights, pixels.subarray(0, IMAGE_BYTES), SIZE);
    expect(alone.length).toBe(4 * 12);
    for (const [i, value] of alone.entries()) {
      expect(Math.abs(value - all[i]!), `value ${i}`).toBeLessThan(ALONE_TOLERANCE);
    }
  });

  test('the same seed gives the same weights, another seed others', async () => {
    const train = (seed: number) =>
      trainScenesEncoder({ ...options, labels: labels.slice(0, 4), engine, epochs: 1, seed });
    const first = await train(1);
    expect((await train(1)).weights).toEqual(first.weights);
    expect((await train(2)).weights).not.toEqual(first.weights);
  });

  test('a size that is no multiple of the cell is refused', async () => {
    await expect(encodeScenes(engine, [], new Uint8Array(30 * 30 * 3), 30)).rejects.toMatchObject({
      code: 'model-input',
    });
  });
});

describe('labels of cells', () => {
  const object = { shape: 'star', colour: 'red', size: 'large', x: 20, y: 5, radius: 4 };
  const questions = sceneQuestions([[object]], SIZE);

  test('an object counts in the cell of its centre, the others say "none"', () => {
    expect(answerCounts(questions)).toEqual([2, 2, 2, 3, 3]);
    const cells = cellAnswers([object], questions);
    expect(cells.map((cell) => [...cell])).toEqual([
      [0, 0, 0, 0, 0],
      [1, 1, 1, 2, 1],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
  });

  test('a moved image and its moved objects agree', () => {
    const move = { isMirrored: true, right: 3, down: -2 };
    const [moved] = movedObjects([object], move, SIZE);
    expect(moved).toEqual({ ...object, x: 15, y: 3 });
    // A pixel right of the middle line at column 20 lands left of it, at 31 - 20 + 3.
    const pixels = new Uint8Array(IMAGE_BYTES);
    pixels.set([9, 8, 7], (5 * SIZE + 20) * 3);
    const out = movedImages(pixels, [move], SIZE);
    expect([...out.subarray((3 * SIZE + 14) * 3, (3 * SIZE + 14) * 3 + 3)]).toEqual([9, 8, 7]);
    expect(out.reduce((a, b) => a + b, 0)).toBe(24);
  });
});
