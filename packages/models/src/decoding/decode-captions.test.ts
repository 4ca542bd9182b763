import * as tf from '@tensorflow/tfjs-core';
import { DecodeSpec, type ModelSpecOf } from '@capgrid/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { captionerParameters } from '../captioner/create-captioner.js';
import type { Engine } from '../engine.js';
import { initialiseParameters } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { decodeCaptions, type DecodeCaptionsOptions } from './decode-captions.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

function optionsFor(
  kind: ModelSpecOf<'arnn'>['attention']['kind'],
  beam: number,
): DecodeCaptionsOptions {
  const task = tinyTask(7);
  const spec = tinySpec({ model: { attention: { kind, heads: 2, isScaled: false } } }).model;
  const plans = captionerParameters(spec, sizesOf(task));
  // Large weights make captions differ between images.
  const weights = initialiseParameters(plans, Rng.from(11)).map((array) => ({
    ...array,
    values: array.values.map((x) => 3 * x),
  }));
  return {
    engine,
    models: [{ weights, spec, trainedWords: 10 }],
    vocabularySize: task.vocabularySize,
    decode: DecodeSpec.parse({ beam, maxWords: 6, attention: true }),
    features: task.features,
    imageIndices: [0, 1, 2, 3, 4, 5, 6],
  };
}

describe.each(['none', 'dot', 'multihead', 'mlp'] as const)(
  'decoding with %s attention',
  (kind) => {
    test('attention weights are a distribution over the regions for each word', async () => {
      for (const caption of await decodeCaptions(optionsFor(kind, 2))) {
        expect(caption.attention?.length).toBe(caption.tokens.length);
        for (const row of caption.attention ?? []) {
          expect(row.length).toBe(4); // three regions and the global one
          expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
        }
      }
    });
  },
);

test.each(['beam', 'sample'] as const)(
  '%s: attention is kept where it is asked for',
  async (method) => {
    const options = optionsFor('mlp', 2);
    const decode = DecodeSpec.parse({ method, beam: 2, nBest: 2, maxWords: 6 });
    const decodeWith = (changes: Partial<DecodeCaptionsOptions>) =>
      decodeCaptions({ ...options, ...changes });
    const kept = await decodeWith({ decode: { ...decode, attention: true } });
    const without = await decodeWith({ decode });
    expect(without).toEqual(kept.map((one) => ({ ...one, attention: null })));
    // So many weights as the first three captions have, and some more.
    const sizes = kept.map(({ attention }) => (attention?.length ?? 0) * 4);
    const room = sizes.slice(0, 3).reduce((a, b) => a + b, 1);
    const first = await decodeWith({ decode: { ...decode, attention: true }, mostWeights: room });
    expect(sizes.filter((size) => size > 1).length).toBe(7);
    expect(first).toEqual(
      kept.map((one, i) => ({ ...one, attention: i < 3 ? one.attention : null })),
    );
  },
);

test('decoding frees its memory, reports progress and keeps the order asked', async () => {
  const before = tf.memory().numTensors;
  const progress: number[] = [];
  const captions = await decodeCaptions({
    ...optionsFor('mlp', 100),
    imageIndices: [5, 0, 5],
    onProgress: ({ done }) => progress.push(done),
  });
  expect(captions.map((c) => c.imageIndex)).toEqual([5, 0, 5]);
  expect(captions[0]?.tokens).toEqual(captions[2]?.tokens);
  expect(progress).toEqual([1, 2, 3]);
  expect(tf.memory().numTensors).toBe(before);
});

test('equally likely words are taken by their id, as the engine finds them', async () => {
  const options = optionsFor('mlp', 1);
  // All words are alike; only the end mark (id 3) is unlikely.
  const models = options.models.map((model) => ({
    ...model,
    weights: model.weights.map((array) => ({
      ...array,
      values:
        array.name === 'output.bias'
          ? array.values.map((_, id) => (id === 3 ? -5 : 0))
          : new Float32Array(array.values.length),
    })),
  }));
  const [caption] = await decodeCaptions({ ...options, models, imageIndices: [0] });
  expect(caption?.tokens).toEqual([1, 1, 1, 1, 1, 1]);
  expect(caption?.logProb).toBeCloseTo(-6 * Math.log(7 + Math.exp(-5)), 5);
});

test('weights of another vocabulary are refused with both shapes', async () => {
  const options = optionsFor('mlp', 1);
  await expect(decodeCaptions({ ...options, vocabularySize: 9 })).rejects.toThrow(
    'Weight "embedding" should have the shape [9, 8], the file has [8, 8].',
  );
});

describe('methods', () => {
  const decodeWith = (changes: Partial<DecodeSpec>, imageIndices = [0, 1, 2, 3, 4, 5, 6]) => {
    const decode = DecodeSpec.parse({ maxWords: 6, ...changes });
    return decodeCaptions({ ...optionsFor('mlp', 1), decode, imageIndices });
  };

  test('greedy is a beam of 1, and so is the likeliest word alone', async () => {
    const greedy = await decodeWith({ method: 'greedy', beam: 4 });
    expect(await decodeWith({ method: 'beam', beam: 1 })).toEqual(greedy);
    const drawn = await decodeWith({ method: 'sample', topK: 1 });
    expect(drawn.map(({ tokens }) => tokens)).toEqual(greedy.map(({ tokens }) => tokens));
  });

  test('options that the key of a trial leaves out change no caption', async () => {
    const unread = { norm: 'sum', divisor: 'words+1', stop: 'first', prune: 1 } as const;
    const greedy = await decodeWith({ method: 'greedy' });
    const other = await decodeWith({ method: 'greedy', ...unread, nBest: 3 });
    expect(other).toEqual(greedy.map((one) => ({ ...one, score: one.logProb })));
    const beam = { beam: 2, norm: 'per_step', stop: 'optimal' } as const;
    expect(await decodeWith({ ...beam, nBest: 3, divisor: 'words+1', topK: 2 })).toEqual(
      await decodeWith({ ...beam, nBest: 2 }),
    );
  });

  test('sampling depends on the seed and the image, not on what else is decoded', async () => {
    const all = await decodeWith({ method: 'sample' });
    for (const imageIndex of [0, 4]) {
      const [alone] = await decodeWith({ method: 'sample' }, [imageIndex]);
      expect(alone?.tokens).toEqual(all[imageIndex]?.tokens);
      expect(alone?.logProb).toBeCloseTo(all[imageIndex]?.logProb ?? 0, 5);
    }
    const other = await decodeWith({ method: 'sample', seed: 2 });
    expect(other.map(({ tokens }) => tokens)).not.toEqual(all.map(({ tokens }) => tokens));
  });

  test('images that look alike are drawn for one by one', async () => {
    const options = optionsFor('mlp', 1);
    const features = {
      ...options.features,
      batch: (indices: readonly number[]) => options.features.batch(indices.map(() => 0)),
    };
    const decode = DecodeSpec.parse({ method: 'sample', maxWords: 6 });
    const captions = await decodeCaptions({ ...options, features, decode });
    expect(new Set(captions.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(1);
  });

  test('more draws leave the first as it was', async () => {
    const one = await decodeWith({ method: 'sample' });
    const three = await decodeWith({ method: 'sample', nBest: 3 });
    expect(three.map(({ tokens }) => tokens)).toEqual(one.map(({ tokens }) => tokens));
    expect(three.map(({ alternatives }) => alternatives.length)).toEqual(one.map(() => 2));
    expect(one.flatMap(({ alternatives }) => alternatives)).toEqual([]);
  });

  test('n-best: the best ones, best first', async () => {
    const one = await decodeWith({ beam: 4, norm: 'sum' });
    const four = await decodeWith({ beam: 4, norm: 'sum', nBest: 4 });
    for (const [i, { alternatives, tokens, score }] of four.entries()) {
      expect(tokens).toEqual(one[i]?.tokens);
      const scores = [score, ...alternatives.map((other) => other.score)];
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
    expect(four.some(({ alternatives }) => alternatives.length > 0)).toBe(true);
  });

  test('the unknown word is not written where it is blocked, by search or by chance', async () => {
    for (const method of ['greedy', 'beam', 'sample'] as const) {
      const captions = await decodeWith({ method, blockUnknown: true, nBest: 3, beam: 3 });
      const all = captions.flatMap(({ tokens, alternatives }) => [
        ...tokens,
        ...alternatives.flatMap((other) => other.tokens),
      ]);
      expect(all.length).toBeGreaterThan(0);
      expect(all).not.toContain(1);
    }
  });
});
