import * as tf from '@tensorflow/tfjs-core';
import { DecodeSpec } from '@capgrid/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { captionerParameters } from '../captioner/create-captioner.js';
import { decodeCaptions, type DecodeCaptionsOptions } from '../decoding/decode-captions.js';
import type { TrainedLayers } from '../encoder/trained-layers.js';
import type { Engine } from '../engine.js';
import type { FeatureSource } from '../features.js';
import { initialiseParameters, weightOf } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { ConsensusReranker } from './consensus-reranker.js';
import type { CaptionIndex } from './caption-index.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

/** Images along the axes of three channels. */
const INDEX: CaptionIndex = {
  images: 3,
  channels: 3,
  features: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
  captions: [
    [[4, 5], [4, 6]],
    [[7, 8, 9], [7, 8, 4]],
    [[10], [11]],
  ].map((ofImage) => ofImage.map((ids) => Int32Array.from(ids))),
}; // prettier-ignore
const one = (channels: readonly number[]): FeatureSource => ({
  regions: 1,
  channels: 3,
  batch: (indices) => Float32Array.from(indices.flatMap(() => channels)),
});

async function rerank(
  rerankSpec: DecodeSpec['rerank'],
  channels: readonly number[],
  captions: readonly (readonly number[])[],
) {
  const reranker = new ConsensusReranker({ index: INDEX, rerank: rerankSpec, vocabularySize: 12 });
  try {
    const given = captions.map((tokens, place) => ({ tokens, place }));
    const [first] = await reranker.rerank(one(channels), [0], [given]);
    if (first === undefined) throw new Error('no image came back');
    return { places: first.captions.map(({ place }) => place), similarities: first.similarities };
  } finally {
    reranker.dispose();
  }
}

describe('consensus reranking', () => {
  const candidates = [[10], [7, 8, 9], [4, 5]];

  test.each([
    { like: 'the first', channels: [5, 1, 0], places: [2, 0, 1] },
    // One of its captions has a word of the third candidate.
    { like: 'the second', channels: [0, 5, 1], places: [1, 2, 0] },
    { like: 'the third', channels: [1, 0, 5], places: [0, 1, 2] },
  ])('puts first what the captions of $like image say', async ({ channels, places }) => {
    const reranked = await rerank({ neighbours: 1, agreeing: null }, channels, candidates);
    expect(reranked.places).toEqual(places);
  });

  test('scores a caption by its mean CIDEr-D against all of them, or those most like it', async () => {
    const { similarities: all } = await rerank(
      { neighbours: 1, agreeing: null },
      [0, 1, 0],
      [[7, 8, 9]],
    );
    const { similarities: best } = await rerank(
      { neighbours: 1, agreeing: 1 },
      [0, 1, 0],
      [[7, 8, 9]],
    );
    // Equal for three of four orders.
    expect(best).toEqual([expect.closeTo(7.5, 5)]);
    expect(all[0]).toBeGreaterThan(3.75);
    expect(all[0]).toBeLessThan(7.5);
  });

  test('asks as many images as there are, and keeps the order of what agrees as much', async () => {
    const { places, similarities } = await rerank(
      { neighbours: 9, agreeing: 1 },
      [1, 1, 1],
      [[6, 6], [10], [11], []],
    );
    expect(places).toEqual([1, 2, 0, 3]);
    expect(similarities[0]).toBe(similarities[1]);
    expect(similarities[3]).toBe(0);
  });
});

describe('decoding with reranking', () => {
  const task = tinyTask(9);
  const { model: spec } = tinySpec({ model: { attention: { kind: 'mlp' } } });
  const weights = initialiseParameters(captionerParameters(spec, sizesOf(task)), Rng.from(11)).map(
    (array) => ({ ...array, values: array.values.map((x) => 3 * x) }),
  );
  const options = (): DecodeCaptionsOptions => ({
    engine,
    models: [{ weights, spec, trainedWords: 10 }],
    vocabularySize: task.vocabularySize,
    decode: DecodeSpec.parse({
      beam: 4,
      nBest: 4,
      maxWords: 6,
      attention: true,
      rerank: { neighbours: 2 },
    }),
    features: task.features,
    imageIndices: [6, 7, 8],
    training: { captions: task.captions.slice(0, 6), features: task.features },
  });
  const found = () => {
    const { decode, ...rest } = options();
    return decodeCaptions({
      ...rest,
      decode: { ...decode, rerank: { neighbours: 0, agreeing: null } },
    });
  };

  test('keeps the captions of the search, in another order, each with its own attention', async () => {
    const before = tf.memory().numTensors;
    const reranked = await decodeCaptions(options());
    const searched = await found();
    expect(tf.memory().numTensors).toBe(before);
    const textsOf = (all: typeof searched) =>
      all.map(({ tokens, alternatives }) =>
        [tokens, ...alternatives.map((other) => other.tokens)].map(String),
      );
    const sorted = (all: string[][]) => all.map((ofImage) => ofImage.toSorted());
    expect(sorted(textsOf(reranked))).toEqual(sorted(textsOf(searched)));
    expect(textsOf(reranked)).not.toEqual(textsOf(searched));
    for (const [i, caption] of reranked.entries()) {
      expect(caption.attention?.length).toBe(caption.tokens.length);
      expect(caption.similarity).toBeGreaterThanOrEqual(0);
      expect(searched[i]?.similarity).toBeNull();
    }
  });

  test('of one caption an image there is nothing to rerank, nor anything to read', async () => {
    const { decode, training, ...rest } = options();
    expect(training).toBeDefined();
    const [caption] = await decodeCaptions({ ...rest, decode: { ...decode, nBest: 1 } });
    expect(caption?.similarity).toBeNull();
  });

  test('looks for similar images behind the layers that were trained', async () => {
    const order = Float32Array.of(0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 9, 0, 0, 0);
    const reorder = (features: tf.Tensor, matrix: tf.Tensor) =>
      tf.reshape(tf.matMul(tf.reshape(features, [-1, 4]), matrix), features.shape);
    const encoder: TrainedLayers = {
      regions: 3,
      channels: 4,
      parameters: [{ name: 'encoder.order', shape: [4, 4], start: () => order }],
      apply: (values, features) => reorder(features, weightOf(values, 'encoder.order')),
    };
    const reordered: FeatureSource = {
      ...task.features,
      batch: (indices) =>
        tf.tidy(() => {
          const given = Float32Array.from(task.features.batch(indices));
          const features = tf.tensor3d(given, [indices.length, 3, 4]);
          return Float32Array.from(reorder(features, tf.tensor2d(order, [4, 4])).dataSync());
        }),
    };
    const layers = { name: 'encoder.order', shape: [4, 4], values: order };
    const inside = await decodeCaptions({
      ...options(),
      models: [{ weights: [...weights, layers], spec, trainedWords: 10, encoder }],
    });
    const outside = await decodeCaptions({
      ...options(),
      features: reordered,
      training: { captions: task.captions.slice(0, 6), features: reordered },
    });
    expect(inside).toEqual(outside);
    expect(inside.map(({ similarity }) => similarity)).not.toEqual(
      (await decodeCaptions(options())).map(({ similarity }) => similarity),
    );
  });

  test('without the captions of the training split it says what is missing', async () => {
    const { training, ...rest } = options();
    expect(training).toBeDefined();
    await expect(decodeCaptions(rest)).rejects.toThrow(
      'decode.rerank.neighbours is 2, but there are no captions of the training split',
    );
  });
});
