import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine.js';
import type { NamedArray } from '../parameters.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask, type SpecChanges } from '../testing/tiny-task.js';
import {
  trainCaptioner,
  type TrainCaptionerOptions,
  type TrainingCheckpoint,
  type TrainingStep,
} from './train-captioner.js';
import { decodeTrainingState, encodeTrainingState } from './training-state.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

function optionsFor(changes: SpecChanges): TrainCaptionerOptions {
  const { captions, features, vocabularySize } = tinyTask(8);
  const spec = tinySpec(changes);
  return { engine, spec, vocabularySize, train: { captions }, val: { captions }, features };
}

/** All captions of training say one thing, those of validation another: it only gets worse. */
function worseningOptions(schedule: Readonly<Record<string, unknown>>): TrainCaptionerOptions {
  const options = optionsFor({ optimizer: { learningRate: 0.05 }, schedule });
  const saying = (tokens: number[]) => ({
    captions: options.train.captions.map((caption) => ({ ...caption, tokens })),
  });
  return { ...options, train: saying([4, 4, 4]), val: saying([7]) };
}

async function train(options: TrainCaptionerOptions) {
  const steps: TrainingStep[] = [];
  const checkpoints: TrainingCheckpoint[] = [];
  const outcome = await trainCaptioner({
    ...options,
    onProgress: (step) => steps.push(step),
    onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
  });
  return { outcome, steps, checkpoints };
}

/** Through its file form. */
const reopen = ({ state }: TrainingCheckpoint) =>
  decodeTrainingState(encodeTrainingState(state, 'one'), 'one');

describe('learning rate', () => {
  test('it rises in equal steps during warm-up, and no plateau lowers it meanwhile', async () => {
    const { steps } = await train(
      worseningOptions({
        batchSize: 8,
        maxEpochs: 10,
        checkpointEvery: 1,
        warmupSteps: 5,
        plateau: { factor: 0.5, patience: 1 },
      }),
    );
    const expected = [0.01, 0.02, 0.03, 0.04, 0.05, 0.025, 0.0125];
    for (const [i, rate] of expected.entries()) {
      expect(steps[i]?.learningRate).toBeCloseTo(rate, 10);
    }
  });

  test.each(['keep', 'best'])('at a fall the weights are those to %s', async (weights) => {
    const plateau = { factor: 0.5, patience: 1, weights };
    const { checkpoints } = await train(
      worseningOptions({ batchSize: 8, maxEpochs: 2, checkpointEvery: 1, plateau }),
    );
    const [first, second] = checkpoints;
    expect(second?.validation.perplexity).toBeGreaterThan(first?.validation.perplexity ?? 0);
    const isBack = JSON.stringify(second?.state.weights) === JSON.stringify(first?.state.weights);
    expect(isBack).toBe(weights === 'best');
  });

  test.each([
    ['keep', { decoder: 2 }],
    ['best', { decoder: 1 }],
    ['zero', {}],
  ])('at a fall the moments are those to %s', async (moments, updates) => {
    const plateau = { factor: 0.5, patience: 1, moments };
    const { checkpoints } = await train(
      worseningOptions({ batchSize: 8, maxEpochs: 2, checkpointEvery: 1, plateau }),
    );
    const [first, second] = checkpoints;
    expect(second?.state.moments.updates).toEqual(updates);
    if (moments === 'best') expect(second?.state.moments).toEqual(first?.state.moments);
    if (moments === 'zero') expect(sumOfSquares(second?.state.moments.second ?? [])).toBe(0);
  });
});

describe('loss', () => {
  test('divided by captions the gradient is larger by the mean length; the report is the same', async () => {
    const clip = { kind: 'none', value: 1 } as const;
    const once = { batchSize: 8, bucketWidth: 9, maxSteps: 1 };
    const [byWords, byCaptions] = await Promise.all(
      ['words', 'captions'].map(async (lossNormalisation) => {
        const changes = { optimizer: { clip }, schedule: { ...once, lossNormalisation } };
        const { steps } = await train(optionsFor(changes));
        return steps[0];
      }),
    );
    // Four captions of 3 words, four of 2 words, and the end marks.
    const meanLength = (4 * 4 + 4 * 3) / 8;
    expect(byCaptions?.gradientNorm).toBeCloseTo((byWords?.gradientNorm ?? 0) * meanLength, 4);
    expect(byCaptions?.loss).toBeCloseTo(byWords?.loss ?? 0, 4);
  });

  test('batches by words hold about as many words', async () => {
    const { steps } = await train(
      optionsFor({ schedule: { batchWords: 8, bucketWidth: 1, maxEpochs: 1 } }),
    );
    // 2 captions of 4 words at a time, 3 of 3 words: 2 + 2 batches.
    expect(steps.length).toBe(4);
  });
});

describe('averaging checkpoints', () => {
  const schedule = { batchSize: 4, maxEpochs: 10, maxSteps: 8, checkpointEvery: 2 };

  test('the result is the mean of the best, and its perplexity is that of the mean', async () => {
    const { outcome, checkpoints } = await train(
      optionsFor({ schedule: { ...schedule, averageCheckpoints: 3 } }),
    );
    const best = checkpoints
      .toSorted((a, b) => a.validation.perplexity - b.validation.perplexity)
      .slice(0, 3);
    for (const [i, { values }] of outcome.weights.entries()) {
      const mean = best.reduce((sum, { state }) => sum + (state.weights[i]?.values[0] ?? 0), 0) / 3;
      expect(values[0]).toBe(Math.fround(mean));
    }
    expect(checkpoints.map(({ validation }) => validation.perplexity)).not.toContain(
      outcome.bestPerplexity,
    );
    expect(outcome.bestStep).toBe(best[0]?.state.step);
  });

  test('resumed at any checkpoint it is the same bit for bit', async () => {
    const plateau = { factor: 0.5, patience: 1, weights: 'best', moments: 'best' };
    const options = optionsFor({
      optimizer: { learningRate: 0.3 },
      schedule: { ...schedule, averageCheckpoints: 2, warmupSteps: 3, plateau },
    });
    const whole = await train(options);
    expect(whole.checkpoints.length).toBe(4);
    for (const checkpoint of whole.checkpoints) {
      const rest = await train({ ...options, resume: reopen(checkpoint) });
      expect(rest.outcome).toEqual(whole.outcome);
    }
  });
});

test('batches that are filled up hold the same captions where a training is resumed', async () => {
  // Buckets of 4 captions in batches of 3 and 1: two are drawn again for each.
  const schedule = { batchSize: 3, bucketWidth: 1, maxEpochs: 2, checkpointEvery: 3 };
  const options = optionsFor({ schedule: { ...schedule, fillUp: 'replicate' } });
  const whole = await train(options);
  expect(whole.outcome.steps).toBe(8);
  for (const checkpoint of whole.checkpoints) {
    const rest = await train({ ...options, resume: reopen(checkpoint) });
    expect(rest.outcome).toEqual(whole.outcome);
  }
  const short = await train(optionsFor({ schedule }));
  expect(short.outcome.steps).toBe(8);
  expect(short.outcome.weights).not.toEqual(whole.outcome.weights);
});

describe('start weights', () => {
  test('training starts from them and validates them first', async () => {
    const first = await train(optionsFor({ schedule: { maxSteps: 4, checkpointEvery: 4 } }));
    const startWeights = first.outcome.weights;
    const second = await train({
      ...optionsFor({ schedule: { maxSteps: 1, checkpointEvery: 4 } }),
      startWeights,
    });
    expect(second.checkpoints[0]?.state.step).toBe(0);
    expect(second.checkpoints[0]?.state.weights).toEqual(startWeights);
    expect(second.checkpoints[0]?.validation.perplexity).toBe(first.outcome.bestPerplexity);
  });
});

describe('validation', () => {
  test('it measures how spread the attention is', async () => {
    const { checkpoints } = await train(optionsFor({ schedule: { maxSteps: 1 } }));
    const attention = checkpoints[0]?.validation.attention;
    // Three regions and a global one, near uniform at the start.
    expect(attention?.entropy).toBeGreaterThan(1);
    expect(attention?.entropy).toBeLessThanOrEqual(Math.log(4));
    expect(attention?.largest).toBeGreaterThanOrEqual(1 / 4);
    expect(attention?.largest).toBeLessThan(0.6);
  });

  test('all attention on one region has no entropy', async () => {
    const model = { attention: { kind: 'none' } };
    const { checkpoints } = await train(optionsFor({ model, schedule: { maxSteps: 1 } }));
    expect(checkpoints[0]?.validation.attention).toEqual({ entropy: 0, largest: 1 });
  });
});

function sumOfSquares(arrays: readonly NamedArray[]): number {
  return arrays.flatMap(({ values }) => [...values]).reduce((sum, x) => sum + x * x, 0);
}
