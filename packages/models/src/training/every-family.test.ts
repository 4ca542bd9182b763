/** What training offers works for every decoder family, without a word about any of them. */
import * as tf from '@tensorflow/tfjs-core';
import { DECODER_KINDS } from '@capgrid/contracts';
import { beforeAll, expect, test } from 'vitest';
import type { Engine } from '../engine.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import {
  trainCaptioner,
  type TrainCaptionerOptions,
  type TrainingCheckpoint,
} from './train-captioner.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

const NEURAL = DECODER_KINDS.filter((kind) => kind !== 'retrieval');
/** Families that have not the attention of the other tests. */
const OPTIONS: Readonly<Record<string, object>> = {
  'tanh-rnn': { attention: { kind: 'dot' } },
};

function optionsFor(decoder: string, schedule: object): TrainCaptionerOptions {
  const { captions, features, vocabularySize } = tinyTask(6);
  const spec = tinySpec({
    model: { decoder, dropout: 0.2, ...OPTIONS[decoder] },
    schedule: { ...schedule },
  });
  return { engine, spec, vocabularySize, train: { captions }, val: { captions }, features };
}

/** The outcome, and the same from the first checkpoint on. */
async function trainAndResume(options: TrainCaptionerOptions) {
  const checkpoints: TrainingCheckpoint[] = [];
  const whole = await trainCaptioner({
    ...options,
    onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
  });
  const first = checkpoints.find(({ state }) => state.step > 0);
  if (first === undefined) throw new Error('No checkpoint came.');
  const rest = await trainCaptioner({ ...options, resume: first.state });
  return { whole, rest, checkpoints };
}

test.each(NEURAL)('%s: scheduled sampling, then self-critical training', async (decoder) => {
  const before = tf.memory().numTensors;
  const first = await trainAndResume(
    optionsFor(decoder, {
      batchSize: 6,
      maxEpochs: 3,
      checkpointEvery: 2,
      averageCheckpoints: 2,
      scheduledSampling: { increase: 0.5, everyEpochs: 1, maximum: 0.5 },
    }),
  );
  expect(first.rest).toEqual(first.whole);

  const selfCritical = { epochs: 2, batchImages: 6, samples: 2, maxWords: 4, checkpointEvery: 1 };
  const second = await trainAndResume({
    ...optionsFor(decoder, { selfCritical }),
    startWeights: first.whole.weights,
  });
  expect(second.rest).toEqual(second.whole);
  expect(second.checkpoints.length).toBe(3);
  expect(second.whole.bestCiderD).toBeGreaterThanOrEqual(0);
  expect(tf.memory().numTensors).toBe(before);
});
