/**
 * Layers of an encoder that are trained too. They may change the number of regions: noise has that of the
 * decoder. They may wait, and an interrupted training goes on with them as if it had not been.
 */
import { EncoderSpec } from '@capgrid/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { TrainedLayers } from '../encoder/trained-layers.js';
import type { Engine } from '../engine.js';
import { xavierAverage } from '../initialisers.js';
import { weightOf } from '../parameters.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import { trainCaptioner, type TrainCaptionerOptions } from './train-captioner.js';
import { decodeTrainingState, encodeTrainingState, type TrainingState } from './training-state.js';

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

function givenTask() {
  const { captions, features, vocabularySize } = tinyTask(6, 16);
  const short = captions.map((caption) => ({
    ...caption,
    tokens: Array.from(caption.tokens).slice(0, 3),
  }));
  const of = { captions: short };
  const parts = { encoder: STRIDE_OF_TWO, vectors: null };
  return { engine, vocabularySize, train: of, val: of, features, parts };
}

// Families with masks over regions.
test.each([
  { decoder: 'sat', heads: 2, attentionDropout: 0.5 },
  { decoder: 'up-down', projectsRegions: true, dropout: 0.5 },
])('$decoder: masks over regions fit the regions behind a stride of two', async (model) => {
  const given = givenTask();
  const spec = tinySpec({ model, schedule: { maxSteps: 2 } });
  const { steps, weights } = await trainCaptioner({ ...given, spec });
  expect(steps).toBe(2);
  const selfCritical = { epochs: 1, batchImages: 3, samples: 2, maxWords: 3 };
  const next = tinySpec({ model, schedule: { selfCritical } });
  const after = await trainCaptioner({ ...given, spec: next, startWeights: weights });
  expect(after.steps).toBe(2);
});

/** The outcome, the state at each checkpoint, and the outcomes of going on from each. */
async function trainAndResume(options: TrainCaptionerOptions) {
  const states: TrainingState[] = [];
  const whole = await trainCaptioner({
    ...options,
    onCheckpoint: ({ state }) => void states.push(state),
  });
  const rests = [];
  for (const state of states) {
    const resume = decodeTrainingState(encodeTrainingState(state, 'one'), 'one');
    rests.push(await trainCaptioner({ ...options, resume }));
  }
  return { whole, rests, updates: states.map(({ moments }) => moments.updates) };
}

test('resumed while layers and vectors wait, and after, the training is the same bit for bit', async () => {
  const given = givenTask();
  const row = (_: unknown, id: number) => (id < 3 ? null : new Float32Array(8).fill(0.1 * id));
  const rows = Array.from({ length: given.vocabularySize }, row);
  const vectors = { name: 'glove', trainFrom: 3 };
  const fineTune = { layers: 1, learningRate: 0.01, afterStep: 1 };
  const options = (schedule: Readonly<Record<string, unknown>>): TrainCaptionerOptions => ({
    ...given,
    parts: { encoder: STRIDE_OF_TWO, vectors: { width: 8, rows } },
    spec: {
      ...tinySpec({
        model: { dropout: 0.2, vectors },
        optimizer: { clip: { kind: 'norm', value: 0.1 }, weightDecay: 0.01 },
        schedule,
      }),
      encoder: EncoderSpec.parse({ kind: 'plan', name: 'stride of two', fineTune }),
    },
  });
  const first = await trainAndResume(options({ maxSteps: 4, maxEpochs: 9, checkpointEvery: 1 }));
  expect(first.updates).toEqual([
    { decoder: 1 },
    { decoder: 2, encoder: 1 },
    { decoder: 3, encoder: 2 },
    { decoder: 4, encoder: 3, vectors: 1 },
  ]);
  for (const rest of first.rests) expect(rest).toEqual(first.whole);

  const selfCritical = { epochs: 1, batchImages: 3, samples: 2, maxWords: 3, checkpointEvery: 1 };
  const { weights: startWeights } = first.whole;
  const second = await trainAndResume({ ...options({ selfCritical }), startWeights });
  expect(second.updates).toEqual([
    {},
    { decoder: 1, encoder: 1, vectors: 1 },
    { decoder: 2, encoder: 2, vectors: 2 },
  ]);
  for (const rest of second.rests) expect(rest).toEqual(second.whole);
});
