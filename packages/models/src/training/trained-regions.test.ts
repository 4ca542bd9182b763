/** Trained layers of an encoder may change the number of regions: noise has that of the decoder. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { TrainedLayers } from '../encoder/trained-layers.js';
import type { Engine } from '../engine.js';
import { xavierAverage } from '../initialisers.js';
import { weightOf } from '../parameters.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import { trainCaptioner } from './train-captioner.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

/** 16 regions of four channels to 4 of five, as a convolution with a stride of two gives them. */
const STRIDE_OF_TWO: TrainedLayers = {
  regions: 4,
  channels: 5,
  parameters: [
    { name: 'encoder.head', shape: [4, 5], start: xavierAverage(4, 5), group: 'encoder' },
  ],
  apply: (weights, features) => {
    const [images = 0] = features.shape;
    const means = tf.mean(tf.reshape(features, [images, 4, 4, 4]), 2); // [images, 4, 4]
    const head = tf.expandDims(weightOf(weights, 'encoder.head'), 0);
    return tf.relu(tf.matMul(means, tf.tile(head, [images, 1, 1])));
  },
};

// Families with masks over regions.
test.each([
  { decoder: 'sat', heads: 2, attentionDropout: 0.5 },
  { decoder: 'up-down', projectsRegions: true, dropout: 0.5 },
])('$decoder: masks over regions fit the regions behind a stride of two', async (model) => {
  const { captions, features, vocabularySize } = tinyTask(6, 16);
  const short = captions.map((caption) => ({
    ...caption,
    tokens: Array.from(caption.tokens).slice(0, 3),
  }));
  const given = {
    engine,
    vocabularySize,
    train: { captions: short },
    val: { captions: short },
    features,
    parts: { encoder: STRIDE_OF_TWO, vectors: null },
  };
  const spec = tinySpec({ model, schedule: { maxSteps: 2 } });
  const { steps, weights } = await trainCaptioner({ ...given, spec });
  expect(steps).toBe(2);
  const selfCritical = { epochs: 1, batchImages: 3, samples: 2, maxWords: 3 };
  const next = tinySpec({ model, schedule: { selfCritical } });
  const after = await trainCaptioner({ ...given, spec: next, startWeights: weights });
  expect(after.steps).toBe(2);
});
