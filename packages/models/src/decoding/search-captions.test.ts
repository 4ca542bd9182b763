import * as tf from '@tensorflow/tfjs-core';
import { DecodeSpec } from '@capgrid/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Decoder, ImageTensors, RowTensors, Stepped } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { imageTensors, type FeatureSource } from '../features.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { keeping, release } from '../tensor-scope.js';
import { tableImages, TableDecoder } from '../testing/table-decoder.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import type { BeamResult, BeamSettings } from './hypotheses.js';
import { searchCaptions } from './search-captions.js';

beforeAll(async () => {
  await startTestEngine();
});

async function search(
  decoder: Decoder,
  features: FeatureSource,
  images: readonly number[],
  changes: Partial<BeamSettings>,
): Promise<BeamResult[][]> {
  const tensors = imageTensors(features, images);
  const settings = { ...DecodeSpec.parse({}), ...changes };
  const before = tf.memory().numTensors;
  const results = await searchCaptions(decoder, tensors, settings, {
    withAttention: true,
  });
  expect(tf.memory().numTensors).toBe(before);
  tensors.features.dispose();
  return results;
}

/** Most steps. */
const MAX_WORDS = 4;

/** Captions with their log-probabilities, end mark included; those of `MAX_WORDS` words are cut. */
type AllCaptions = { tokens: number[]; logProb: number }[];

/** `words`: of the caption, which has no end mark where it was cut. */
type Score = (logProb: number, words: number) => number;

const DIALECTS: readonly { norm: BeamSettings['norm']; score: Score }[] = [
  { norm: 'per_step', score: (logProb, words) => logProb / Math.min(words + 1, MAX_WORDS) },
  {
    norm: 'on_finish',
    score: (logProb, words) => (words === MAX_WORDS ? -Infinity : logProb / words),
  },
  { norm: 'sum', score: (logProb) => logProb },
];

function best(all: AllCaptions, score: Score, count: number): number[][] {
  return all
    .map(({ tokens, logProb }) => ({ tokens, score: score(logProb, tokens.length) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ tokens }) => tokens);
}

describe('a beam as wide as all hypotheses, on the engine', () => {
  test.each(DIALECTS)('$norm: a table of every prefix', async ({ norm, score }) => {
    const decoder = new TableDecoder(4);
    const images = [0, 1, 2, 3, 4];
    const found = await search(decoder, tableImages(), images, {
      beam: 130,
      norm,
      maxWords: MAX_WORDS,
      nBest: 3,
    });
    for (const image of images) {
      const all: AllCaptions = [];
      const visit = (tokens: number[], sum: number): void => {
        if (tokens.length === MAX_WORDS) return void all.push({ tokens, logProb: sum });
        const logProbs = decoder.logProbs(image, tokens);
        all.push({ tokens, logProb: sum + (logProbs[SPECIAL_IDS.end] ?? 0) });
        for (const word of [1, 4, 5]) visit([...tokens, word], sum + (logProbs[word] ?? 0));
      };
      visit([], 0);
      expect(
        found[image]?.map(({ tokens }) => tokens),
        `image ${image}`,
      ).toEqual(best(all, score, 3));
    }
  });

  test.each(DIALECTS)('$norm: a real model', async ({ norm, score }) => {
    const { decoder, features, allCaptions, dispose } = tinyModel();
    const images = [0, 1, 2];
    const found = await search(decoder, features, images, {
      beam: 200,
      norm,
      maxWords: MAX_WORDS,
      nBest: 3,
    });
    for (const image of images) {
      const expected = best(allCaptions(image), score, 3);
      expect(
        found[image]?.map(({ tokens }) => tokens),
        `image ${image}`,
      ).toEqual(expected);
    }
    dispose();
  });
});

describe('rows on the engine', () => {
  const IMAGES = Array.from({ length: 24 }, (_, image) => image);

  test.each([
    ['first', 2],
    ['all', 3],
    ['optimal', 3],
  ] as const)('stop %s, beam %i: together as alone', async (stop, beam) => {
    const decoder = new TableDecoder(6);
    const together = await search(decoder, tableImages(), IMAGES, { beam, stop, maxWords: 6 });
    for (const image of IMAGES) {
      const [alone] = await search(decoder, tableImages(), [image], { beam, stop, maxWords: 6 });
      expect(alone?.[0]?.tokens, `image ${image}`).toEqual(together[image]?.[0]?.tokens);
      expect(alone?.[0]?.logProb).toBeCloseTo(together[image]?.[0]?.logProb ?? 0, 4);
    }
  });

  test('two hypotheses for half of the images are other rows than one for each', async () => {
    const decoder = new TableDecoder(6);
    const changes = { beam: 2, norm: 'sum', stop: 'first', maxWords: 6 } as const;
    const once = await search(decoder, tableImages(), IMAGES, { ...changes, maxWords: 1 });
    const endsAtOnce = (image: number): boolean => once[image]?.[0]?.isFinished === true;
    const ending = IMAGES.filter(endsAtOnce).slice(0, 4);
    const running = IMAGES.filter((image) => !endsAtOnce(image)).slice(0, 4);
    const images = [...ending, ...running];
    expect(images.length).toBe(8);
    const together = await search(decoder, tableImages(), images, changes);
    for (const [i, image] of images.entries()) {
      const [alone] = await search(decoder, tableImages(), [image], changes);
      expect(together[i]?.[0]?.tokens, `image ${image}`).toEqual(alone?.[0]?.tokens);
    }
  });

  test('repeated n-grams are blocked however likely, in a wide vocabulary too', async () => {
    const { decoder, features, dispose } = tinyModel();
    const changes = { beam: 3, norm: 'sum', maxWords: 4, prune: 0 } as const;
    const plain = (await search(decoder, features, [0, 1, 2], changes)).flat();
    expect(plain.some(({ tokens }) => new Set(tokens).size < tokens.length)).toBe(true);
    const blocked = (
      await search(decoder, features, [0, 1, 2], { ...changes, noRepeatNgram: 1 })
    ).flat();
    for (const { tokens } of blocked) expect(new Set(tokens).size).toBe(tokens.length);
    dispose();
  });

  test.each([1, 3])('beam %i: images are encoded once, not at every word', async (beam) => {
    const decoder = new WatchedDecoder();
    await search(decoder, tableImages(), IMAGES, { beam, stop: 'all', maxWords: 6 });
    expect(decoder.steps.length).toBe(6);
    expect(decoder.encoded).toBe(1);
  });

  test('states of a beam of 1 stay where they are until rows are dropped', async () => {
    const alone = new WatchedDecoder();
    await search(alone, tableImages(), [2], { beam: 1, maxWords: 6 });
    expect(alone.steps.length).toBeGreaterThan(1);
    expect(alone.steps).toEqual(alone.steps.map(() => 'in place'));
    const together = new WatchedDecoder();
    await search(together, tableImages(), IMAGES, { beam: 1, maxWords: 6 });
    expect(together.steps).toContain('moved');
    const wide = new WatchedDecoder();
    await search(wide, tableImages(), [2], { beam: 3, maxWords: 6 });
    expect(wide.steps[1]).toBe('moved');
  });

  test('no caption is longer than the decoder can write', async () => {
    const decoder = new TableDecoder(6, 1, 2);
    const found = await search(decoder, tableImages(), IMAGES, { beam: 2, maxWords: 6 });
    const lengths = found.flat().map(({ tokens }) => tokens.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2);
  });
});

/** Counts its calls, and tells whether a step gets the state of the step before or a copy of rows. */
class WatchedDecoder extends TableDecoder {
  encoded = 0;
  readonly steps: ('in place' | 'moved')[] = [];
  private data: unknown = null;

  constructor() {
    super(6);
  }

  override encode(images: ImageTensors): RowTensors {
    this.encoded += 1;
    return super.encode(images);
  }

  override begin(images: RowTensors, rows: number): RowTensors {
    return this.watched(super.begin(images, rows));
  }

  override step(images: RowTensors, state: RowTensors, words: tf.Tensor): Stepped {
    this.steps.push(state['node']?.dataId === this.data ? 'in place' : 'moved');
    const stepped = super.step(images, state, words);
    this.watched(stepped.state);
    return stepped;
  }

  private watched(state: RowTensors): RowTensors {
    this.data = state['node']?.dataId;
    return state;
  }
}

/** An attentional RNN with large weights, and all its captions of up to `MAX_WORDS` words. */
function tinyModel() {
  const task = tinyTask(3);
  const spec = tinySpec().model;
  const plans = captionerParameters(spec, sizesOf(task));
  const weights = toVariables(
    initialiseParameters(plans, Rng.from(11)).map((array) => ({
      ...array,
      values: array.values.map((x) => 3 * x),
    })),
  );
  const captioner = createCaptioner(spec, weights);
  const decoder = keeping(() => captioner.decoder());

  /** By teacher forcing, which shares no code with the search: all prefixes of three words at once. */
  function allCaptions(image: number): AllCaptions {
    const words = Array.from({ length: task.vocabularySize }, (_, id) => id).filter(
      (id) => id !== SPECIAL_IDS.pad && id !== SPECIAL_IDS.begin && id !== SPECIAL_IDS.end,
    );
    const prefixes = words.flatMap((a) => words.flatMap((b) => words.map((c) => [a, b, c])));
    const rows = prefixes.length;
    const inputs = [0, 1, 2, 3].map((t) =>
      prefixes.map((prefix) => (t === 0 ? SPECIAL_IDS.begin : (prefix[t - 1] ?? 0))),
    );
    const logProbs = tf.tidy(() => {
      const images = imageTensors(
        task.features,
        prefixes.map(() => image),
      );
      const taught = captioner.teach(images, tf.tensor2d(inputs, [4, rows], 'int32'), null);
      return tf.logSoftmax(taught.logits).arraySync();
    });
    if (!Array.isArray(logProbs)) throw new Error('a matrix was expected');
    const at = (t: number, row: number, word: number): number => {
      const scores: unknown = logProbs[t * rows + row];
      return Array.isArray(scores) ? Number(scores[word]) : Number.NaN;
    };
    const all = new Map<string, AllCaptions[number]>();
    for (const [row, prefix] of prefixes.entries()) {
      let sum = 0;
      for (let length = 0; length <= 3; length += 1) {
        const tokens = prefix.slice(0, length);
        all.set(tokens.join(), { tokens, logProb: sum + at(length, row, SPECIAL_IDS.end) });
        if (length < 3) sum += at(length, row, prefix[length] ?? SPECIAL_IDS.end);
      }
      for (const word of words) {
        const tokens = [...prefix, word];
        all.set(tokens.join(), { tokens, logProb: sum + at(3, row, word) });
      }
    }
    return [...all.values()];
  }

  const dispose = (): void => {
    release(decoder);
    disposeAll(weights);
  };
  return { decoder, features: task.features, allCaptions, dispose };
}
