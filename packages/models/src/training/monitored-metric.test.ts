/** What plateau, early stop and the best checkpoint go by. */
import { beforeAll, expect, test } from 'vitest';
import type { Engine } from '../engine.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import {
  trainCaptioner,
  type TrainCaptionerOptions,
  type TrainingCheckpoint,
} from './train-captioner.js';
import { decodeTrainingState, encodeTrainingState } from './training-state.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

function optionsFor(schedule: Readonly<Record<string, unknown>>): TrainCaptionerOptions {
  const { captions, features, vocabularySize } = tinyTask(8);
  const spec = tinySpec({ optimizer: { learningRate: 0.05 }, schedule });
  return { engine, spec, vocabularySize, train: { captions }, val: { captions }, features };
}

async function train(options: TrainCaptionerOptions) {
  const rates: number[] = [];
  const checkpoints: TrainingCheckpoint[] = [];
  const outcome = await trainCaptioner({
    ...options,
    onProgress: ({ learningRate }) => rates.push(learningRate),
    onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
  });
  return { outcome, rates, checkpoints };
}

test('cider-d: the best checkpoint is the one whose greedy captions are most alike', async () => {
  const schedule = { metric: 'cider-d', maxEpochs: 6, checkpointEvery: 2 };
  const { outcome, checkpoints } = await train(optionsFor(schedule));
  const measured = checkpoints.map(({ validation }) => validation.ciderD ?? Number.NaN);
  const highest = Math.max(...measured);
  // Something was learned.
  expect(highest).toBeGreaterThan(measured[0] ?? Number.NaN);
  expect(outcome.bestCiderD).toBe(highest);
  expect(outcome.bestStep).toBe(checkpoints[measured.indexOf(highest)]?.state.step);
});

test('cider-d: resumed at any checkpoint the training is the same bit for bit', async () => {
  const options = optionsFor({ metric: 'cider-d', maxEpochs: 4, checkpointEvery: 3 });
  const { outcome, checkpoints } = await train(options);
  expect(checkpoints.length).toBe(3);
  for (const { state } of checkpoints) {
    const resume = decodeTrainingState(encodeTrainingState(state, 'one'), 'one');
    expect((await train({ ...options, resume })).outcome).toEqual(outcome);
  }
});

// Where all captions are equal each n-gram is in all images and has no weight: CIDEr-D stays 0, while
// the perplexity falls from update to update.
test.each([
  ['cider-d', 'early-stop', 1, [0.05, 0.05, 0.05, 0.025, 0.025]],
  ['perplexity', 'max-epochs', 7, [0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]],
])('%s: plateau and early stop go by it', async (metric, stopReason, bestStep, expected) => {
  const options = optionsFor({
    metric,
    batchSize: 8,
    maxEpochs: 7,
    checkpointEvery: 1,
    stopAfter: 4,
    plateau: { factor: 0.5, patience: 2 },
  });
  const captions = options.train.captions.map((caption) => ({ ...caption, tokens: [4, 4, 4] }));
  const { outcome, rates } = await train({ ...options, train: { captions }, val: { captions } });
  expect(outcome).toMatchObject({ stopReason, bestStep });
  expect(outcome.bestCiderD).toBe(metric === 'cider-d' ? 0 : null);
  expect(rates).toEqual(expected);
});

test('cider-d of one training image would always be 0: refused', async () => {
  const options = optionsFor({ metric: 'cider-d' });
  const captions = options.train.captions.slice(0, 1);
  await expect(trainCaptioner({ ...options, train: { captions } })).rejects.toThrow(
    'schedule.metric is cider-d, but CIDEr-D of 1 training image is always 0',
  );
});
