import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { imageTensors } from '../features.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { tableImages, TableDecoder } from '../testing/table-decoder.js';
import { startTestEngine } from '../testing/test-engine.js';
import { drawCaptions, type CaptionDraw, type DrawCaptionsSettings } from './draw-captions.js';

beforeAll(async () => {
  await startTestEngine();
});

const DEPTH = 4;
const decoder = new TableDecoder(DEPTH);

async function draw(
  images: readonly number[],
  settings: Partial<DrawCaptionsSettings>,
  perImage = 3,
): Promise<CaptionDraw[][]> {
  const tensors = tf.tidy(() => imageTensors(tableImages(), images).features);
  const before = tf.memory().numTensors;
  const captions = await drawCaptions(
    decoder,
    { features: tensors, mask: null },
    {
      rows: images.map((image) =>
        Array.from({ length: perImage }, (_, i) => Rng.from(7).fork(`${image} ${i}`)),
      ),
      temperature: 1,
      topK: 0,
      topP: 1,
      maxWords: DEPTH,
      barred: [],
      noRepeatNgram: 0,
      withLogProbs: true,
      withAttention: true,
      ...settings,
    },
  );
  expect(tf.memory().numTensors).toBe(before);
  tensors.dispose();
  return captions;
}

describe('drawn captions', () => {
  test('are the same for an image alone as among others', async () => {
    const together = await draw([0, 1, 2, 3, 4, 5], {});
    for (const image of [0, 3, 5]) {
      expect(await draw([image], {})).toEqual([together[image]]);
    }
    expect(new Set(together.flat().map(({ tokens }) => tokens.join())).size).toBeGreaterThan(6);
  });

  test('have the probability of their words and end mark, and one row of attention per word', async () => {
    for (const [image, captions] of (await draw([0, 1, 2, 3], {})).entries()) {
      for (const { tokens, logProb, isFinished, attention } of captions) {
        const written = isFinished ? [...tokens, SPECIAL_IDS.end] : tokens;
        const expected = written.map(
          (word, t) => decoder.logProbs(image, tokens.slice(0, t))[word] ?? Number.NaN,
        );
        expect(logProb).toBeCloseTo(
          expected.reduce((a, b) => a + b, 0),
          4,
        );
        expect(isFinished || tokens.length === DEPTH).toBe(true);
        const counted = (attention ?? []).map(([a = 0, b = 0]) => Math.round(Math.log(b / a)));
        expect(counted).toEqual(tokens.map((_, t) => t));
      }
    }
  });

  test('read images that are encoded once, not at every word', async () => {
    const encode = vi.spyOn(decoder, 'encode');
    const step = vi.spyOn(decoder, 'step');
    await draw([0, 1, 2, 3], {});
    expect(step).toHaveBeenCalledTimes(DEPTH);
    expect(encode).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });

  test('without a generator are the likeliest words, also beside drawn ones', async () => {
    const likeliest = (image: number): number[] => {
      const tokens: number[] = [];
      while (tokens.length < DEPTH) {
        const logProbs = decoder.logProbs(image, tokens);
        const words = [SPECIAL_IDS.unknown, SPECIAL_IDS.end, 4, 5];
        const [word = 0] = words.sort((a, b) => (logProbs[b] ?? 0) - (logProbs[a] ?? 0));
        if (word === SPECIAL_IDS.end) break;
        tokens.push(word);
      }
      return tokens;
    };
    const images = [0, 1, 2, 3, 4, 5, 6, 7];
    const alone = await draw(images, { rows: images.map(() => [null]) });
    const beside = await draw(images, { rows: images.map((i) => [Rng.from(i), null]) });
    for (const image of images) {
      expect(alone[image]?.[0]?.tokens, `image ${image}`).toEqual(likeliest(image));
      expect(beside[image]?.[1]).toEqual(alone[image]?.[0]);
    }
  });

  test('hold no barred word and no n-gram twice where that is asked', async () => {
    const plain = (await draw([0, 1, 2, 3, 4, 5], {}, 10)).flat();
    expect(plain.some(({ tokens }) => tokens.includes(SPECIAL_IDS.unknown))).toBe(true);
    expect(plain.some(({ tokens }) => new Set(tokens).size < tokens.length)).toBe(true);
    const settings = { barred: [SPECIAL_IDS.unknown], noRepeatNgram: 1 };
    for (const { tokens } of (await draw([0, 1, 2, 3, 4, 5], settings, 10)).flat()) {
      expect(tokens).not.toContain(SPECIAL_IDS.unknown);
      expect(new Set(tokens).size).toBe(tokens.length);
    }
  });
});
