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
const CASES: readonly [name: string, model: object, selfCritical: object][] = [
  ...NEURAL.map((decoder): [string, object, object] => [
    decoder,
    { decoder, ...OPTIONS[decoder] },
    {},
  ]),
  // No loss depends on the scores of the regions: the update has no noise, so it takes the likeliest.
  [
    'show-attend-tell, the likeliest region without noise',
    { decoder: 'show-attend-tell', locations: 'hard', hard: { atTest: 'argmax' } },
    { dropout: false },
  ],
];

function optionsFor(model: object, schedule: object): TrainCaptionerOptions {
  const { captions, features, vocabularySize } = tinyTask(6);
  const spec = tinySpec({ model: { dropout: 0.2, ...model }, schedule: { ...schedule } });
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

test.each(CASES)('%s: scheduled sampling, then self-critical', async (_, model, own) => {
  const before = tf.memory().numTensors;
  const first = await trainAndResume(
    optionsFor(model, {
      batchSize: 6,
      maxEpochs: 3,
      checkpointEvery: 2,
      averageCheckpoints: 2,
      scheduledSampling: { increase: 0.5, everyEpochs: 1, maximum: 0.5 },
    }),
  );
  expect(first.rest).toEqual(first.whole);

  const few = { batchImages: 6, samples: 2, maxWords: 4 };
  const selfCritical = { epochs: 2, checkpointEvery: 1, ...few, ...own };
  const second = await trainAndResume({
    ...optionsFor(model, { selfCritical }),
    startWeights: first.whole.weights,
  });
  expect(second.rest).toEqual(second.whole);
  expect(second.checkpoints.length).toBe(3);
  expect(second.whole.bestCiderD).toBeGreaterThanOrEqual(0);
  expect(tf.memory().numTensors).toBe(before);
});
