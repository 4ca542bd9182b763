import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ModelSpec, type RetrievalSpec } from '@capgrid/contracts';
import { captionerParameters } from '../captioner/create-captioner.js';
import { decodeWeights, encodeWeights } from '../checkpoint/weights-file.js';
import type { Engine } from '../engine.js';
import type { FeatureSource } from '../features.js';
import type { NamedArray } from '../parameters.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinyTask } from '../testing/tiny-task.js';
import type { TrainingCaption } from '../training/caption-batches.js';
import { encodeCaptionIndex, buildCaptionIndex, readCaptionIndex } from './caption-index.js';
import { consensusOf } from './consensus.js';
import { retrieveCaptions } from './retrieve-captions.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

const VOCABULARY = 12;
/** Mean regions: (1, 0), (0, 1), (3, 3), (0, 0); the third region of the last image is padding. */
const REGIONS = [
  [[2, 0], [0, 0], [1, 0]],
  [[0, 1], [0, 1], [0, 1]],
  [[3, 3], [3, 3], [3, 3]],
  [[2, 0], [4, 0], [0, 0]],
]; // prettier-ignore
const CAPTIONS: TrainingCaption[] = [
  { imageIndex: 2, tokens: [8, 9] },
  { imageIndex: 0, tokens: [4, 5, 6] },
  { imageIndex: 0, tokens: [4, 5] },
  { imageIndex: 1, tokens: [7, 5, 6] },
];

function sourceOf(regions: readonly (readonly (readonly number[])[])[]): FeatureSource {
  return {
    regions: 3,
    channels: 2,
    batch: (indices) => Float32Array.from(indices.flatMap((i) => regions[i]?.flat() ?? [])),
    counts: (indices) => indices.map((i) => (i === 3 ? 2 : 3)),
  };
}

async function build(captions = CAPTIONS, signal?: AbortSignal): Promise<NamedArray[]> {
  const options = { engine, captions, vocabularySize: VOCABULARY, features: sourceOf(REGIONS) };
  const index = await buildCaptionIndex(signal === undefined ? options : { ...options, signal });
  return encodeCaptionIndex(index);
}

function specOf(options: object): RetrievalSpec {
  const spec = ModelSpec.parse({ decoder: 'retrieval', ...options });
  if (spec.decoder !== 'retrieval') throw new Error('another decoder was parsed');
  return spec;
}

async function retrieve(options: object, mean: readonly number[]) {
  const weights = await build();
  const images = [[mean, mean, mean]];
  const [caption] = await retrieveCaptions({
    engine,
    weights,
    spec: specOf(options),
    vocabularySize: VOCABULARY,
    features: sourceOf(images),
    imageIndices: [0],
  });
  return caption;
}

describe('the index', () => {
  test('holds mean regions and captions by image, and survives its file', async () => {
    const arrays = await build([...CAPTIONS, { imageIndex: 3, tokens: [10] }]);
    const file = decodeWeights(encodeWeights({ arrays, description: null }));
    const index = readCaptionIndex(file.arrays);
    expect(index).toMatchObject({ images: 4, channels: 2 });
    expect(Array.from(index.features)).toEqual([1, 0, 0, 1, 3, 3, 3, 0]);
    expect(index.captions.map((ofImage) => ofImage.map((ids) => [...ids]))).toEqual([
      [[4, 5, 6], [4, 5]],
      [[7, 5, 6]],
      [[8, 9]],
      [[10]],
    ]); // prettier-ignore
  });

  test('leaves images without captions out', async () => {
    const index = readCaptionIndex(await build([{ imageIndex: 1, tokens: [4] }]));
    expect(Array.from(index.features)).toEqual([0, 1]);
  });

  test('refuses to be built of nothing, and of words outside the vocabulary', async () => {
    await expect(build([])).rejects.toMatchObject({ code: 'model-input' });
    await expect(build([{ imageIndex: 0, tokens: [99] }])).rejects.toThrow(
      'train caption 0 has the id 99 at word 0',
    );
  });

  test('ends when it is aborted, without leftovers on the engine', async () => {
    const before = tf.memory().numTensors;
    await expect(build(CAPTIONS, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses arrays that are not its own or do not fit together', async () => {
    const arrays = await build();
    expect(() => readCaptionIndex(arrays.slice(1))).toThrow(
      'The weights have no array "retrieval.features"',
    );
    const cut = arrays.map((one) =>
      one.name === 'retrieval.words' ? { ...one, values: one.values.subarray(1) } : one,
    );
    expect(() => readCaptionIndex(cut)).toThrow('do not fit together: 4 captions, 9 words');
  });
});

describe('retrieving', () => {
  const nearest = { pick: 'nearest' };

  test('gives the first caption of the image with the greatest cosine', async () => {
    const caption = await retrieve(nearest, [5, 4]);
    // (5, 4) . (3, 3) / (sqrt 41 sqrt 18)
    expect(caption?.tokens).toEqual([8, 9]);
    expect(caption?.similarity).toBeCloseTo(27 / Math.sqrt(41 * 18), 5);
  });

  test('by l2 the length counts, and the similarity is minus the distance', async () => {
    const caption = await retrieve({ ...nearest, similarity: 'l2' }, [1, 0.8]);
    expect(caption?.tokens).toEqual([4, 5, 6]);
    expect(caption?.similarity).toBeCloseTo(-0.8, 5);
  });

  test('an image of zeros has the similarity 0 to all, and gets the first', async () => {
    const caption = await retrieve(nearest, [0, 0]);
    expect(caption).toMatchObject({ tokens: [4, 5, 6], similarity: 0 });
  });

  test('consensus takes what the captions of the neighbours have in common', async () => {
    // The nearest image says 8 9, the other two agree on 5 6.
    const caption = await retrieve({ neighbours: 3 }, [1, 1]);
    expect([[4, 5, 6], [7, 5, 6]]).toContainEqual(caption?.tokens); // prettier-ignore
    expect(caption?.similarity).toBeGreaterThan(0);
  });

  test('more neighbours than there are images are all images', async () => {
    const all = await retrieve({ neighbours: 1000 }, [1, 1]);
    expect(all).toEqual(await retrieve({ neighbours: 3 }, [1, 1]));
  });

  test('reports progress and frees its memory', async () => {
    const before = tf.memory().numTensors;
    const seen: number[] = [];
    const options = {
      engine,
      weights: await build(),
      spec: specOf({}),
      vocabularySize: VOCABULARY,
      features: sourceOf(REGIONS),
      imageIndices: [2, 0],
      onProgress: ({ done }: { done: number }) => void seen.push(done),
    };
    const captions = await retrieveCaptions(options);
    expect(captions.map(({ imageIndex }) => imageIndex)).toEqual([2, 0]);
    expect(seen).toEqual([2]);
    await expect(
      retrieveCaptions({ ...options, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('features of another encoder are refused', async () => {
    const features = { ...sourceOf(REGIONS), channels: 5 };
    await expect(
      retrieveCaptions({
        engine,
        weights: await build(),
        spec: specOf({}),
        vocabularySize: VOCABULARY,
        features,
        imageIndices: [0],
      }),
    ).rejects.toMatchObject({ code: 'shape' });
  });

  test('it is no model to train', () => {
    expect(() => captionerParameters(specOf({}), sizesOf(tinyTask(2)))).toThrow('looked up');
  });
});

describe('the consensus', () => {
  /** Similarities of four candidates: the first is fairly like all, the last much like the third. */
  const SIMILARITIES = [
    [10, 3, 3, 3],
    [3, 10, 0, 0],
    [3, 0, 10, 5],
    [3, 0, 5, 10],
  ];
  const metric = { similarities: () => Float64Array.from(SIMILARITIES.flat()) };
  const candidates = SIMILARITIES.map((_, i) => Int32Array.of(i));

  test.each([
    { agreeing: null, index: 0, score: 3 },
    { agreeing: 1, index: 2, score: 5 },
    { agreeing: 2, index: 2, score: 4 },
    { agreeing: 50, index: 0, score: 3 },
  ])('with $agreeing agreeing others candidate $index wins', ({ agreeing, ...best }) => {
    expect(consensusOf(candidates, agreeing, metric)).toEqual(best);
  });

  test('a single candidate is its own consensus', () => {
    const alone = { similarities: () => Float64Array.of(10) };
    expect(consensusOf([Int32Array.of(4)], null, alone)).toEqual({ index: 0, score: 0 });
  });
});
