import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@capgrid/ops';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Engine, TensorFunction } from '../engine.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask, type SpecChanges } from '../testing/tiny-task.js';
import { Adam } from './adam.js';
import { layOut } from './caption-batches.js';
import { captionLosses, captionTensors } from './teacher-forcing.js';
import { trainCaptioner, type TrainCaptionerOptions } from './train-captioner.js';
import {
  createTrainingStep,
  recorded,
  scalarInputs,
  type TrainingStepFunction,
} from './training-step.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
  registerGradients();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const CHANGES: SpecChanges = {
  model: { dropout: 0.3, weightNorm: true },
  // Small batches: each shape comes several times, with other captions and another rate.
  schedule: {
    batchSize: 2,
    maxEpochs: 3,
    labelSmoothing: 0.1,
    plateau: { factor: 0.5, patience: 1 },
    checkpointEvery: 2,
  },
};

function optionsWith(captureStep: Engine['captureStep']): TrainCaptionerOptions {
  const task = tinyTask(8);
  const { captureStep: _own, ...plain } = engine;
  return {
    engine: captureStep === undefined ? plain : { ...plain, captureStep },
    spec: tinySpec(CHANGES),
    vocabularySize: task.vocabularySize,
    train: { captions: task.captions },
    val: { captions: task.captions },
    features: task.features,
  };
}

test('a recording knows a step without noise from one whose model plans none', () => {
  const seen: unknown[] = [];
  const keep: TrainingStepFunction = ({ noise }) => {
    seen.push(noise);
    return [];
  };
  const step = recorded(keep, (run) => run);
  const one = tf.zeros([1]);
  const [features, inputs, targets, divisor, rates] = [one, one, one, one, one];
  const given = { features, mask: null, inputs, targets, divisor, rates, captionWeights: null };
  for (const noise of [null, {}, { mask: one }]) step({ ...given, noise });
  expect(seen).toEqual([null, {}, { mask: one }]);
  one.dispose();
});

test('an engine that can record steps gets the step, and training is the same', async () => {
  const shapes: string[] = [];
  const captureStep = (step: TensorFunction): TensorFunction => {
    return (inputs) => {
      shapes.push(inputs.map(({ shape }) => `[${shape.join()}]`).join(' '));
      return step(inputs);
    };
  };
  const captured = await trainCaptioner(optionsWith(captureStep));
  expect(captured).toEqual(await trainCaptioner(optionsWith(undefined)));
  expect(shapes).toHaveLength(12);
  // Features, input ids, targets, words, rate, dropout masks.
  expect(new Set(shapes)).toEqual(
    new Set(['[2,3,4] [3,2] [3,2] [1] [1] [3,2,16]', '[2,3,4] [4,2] [4,2] [1] [1] [4,2,16]']),
  );
});

test('a step uploads the same constants at each update of one shape', async () => {
  const constants = new Map<string, string[]>();
  let isInStep = false;
  let uploads: string[] = [];
  const makeTensor = tf.engine().makeTensor.bind(tf.engine());
  vi.spyOn(tf.engine(), 'makeTensor').mockImplementation((values, ...rest) => {
    if (isInStep) uploads.push(`${String(rest[0])}: ${Array.from(values as Float32Array).join()}`);
    return makeTensor(values, ...rest);
  });
  const captureStep = (step: TensorFunction): TensorFunction => {
    return (inputs) => {
      uploads = [];
      isInStep = true;
      const results = step(inputs);
      isInStep = false;
      const key = inputs.map(({ shape }) => shape.join()).join(' ');
      constants.set(key, [...(constants.get(key) ?? []), uploads.join('\n')]);
      return results;
    };
  };
  await trainCaptioner(optionsWith(captureStep));
  expect(constants.size).toBe(2);
  for (const perUpdate of constants.values()) {
    expect(perUpdate.length).toBeGreaterThan(1);
    expect(new Set(perUpdate).size).toBe(1);
  }
});

/** Loss of a step, and the losses and distributions of the words it was made of. */
function stepWith(captionWeights: readonly number[] | null, entropyWeight: number) {
  const task = tinyTask(4);
  const { model: spec, optimizer } = tinySpec();
  const weights = toVariables(
    initialiseParameters(captionerParameters(spec, sizesOf(task)), Rng.from(1)),
  );
  const model = createCaptioner(spec, weights);
  const adam = Adam.over(weights, optimizer, null);
  const batch = layOut(task.captions.map((c, i) => ({ ...c, isFinished: i > 0 })));
  const measured = tf.tidy(() => {
    const captions = captionTensors(batch, task.features);
    const barred = captionWeights === null ? [] : [SPECIAL_IDS.pad, SPECIAL_IDS.begin];
    const { losses, logits } = captionLosses(model, captions, null, 0, barred);
    const logProbs = tf.logSoftmax(logits);
    const entropies = tf.neg(tf.sum(tf.mul(tf.exp(logProbs), logProbs), 1));
    const before = {
      losses: losses.arraySync() as number[][],
      entropies: [...entropies.dataSync()],
    };
    const step = createTrainingStep(model, weights, adam, { labelSmoothing: 0, entropyWeight });
    const [result] = step({
      ...captions,
      ...scalarInputs(batch.words, [0]),
      noise: {},
      captionWeights: captionWeights === null ? null : tf.tensor1d([...captionWeights]),
    });
    return { ...before, loss: result?.dataSync()[0] ?? Number.NaN };
  });
  disposeAll(weights);
  adam.dispose();
  return { ...measured, batch };
}

test('the loss of each caption counts with its weight, of either sign', () => {
  const captionWeights = [2, -1, 0, 0.5];
  const { loss, losses, batch } = stepWith(captionWeights, 0);
  const sums = captionWeights.map((_, i) => losses.reduce((sum, row) => sum + (row[i] ?? 0), 0));
  const weighted = sums.reduce((sum, nll, i) => sum + nll * (captionWeights[i] ?? 0), 0);
  expect(loss).toBeCloseTo(weighted / batch.words, 5);
});

test('an unfinished caption learns nothing at the place of its end mark', () => {
  const { losses, batch } = stepWith(null, 0);
  // Captions of 3, 2, 3, 2 words, the first one cut.
  expect(losses.map((row) => row.map((nll) => nll > 0))).toEqual([
    [true, true, true, true],
    [true, true, true, true],
    [true, true, true, true],
    [false, false, true, false],
  ]);
  expect(batch.words).toBe(3 + 3 + 4 + 3);
});

test('entropy at the words is taken off the loss with its weight', () => {
  const plain = stepWith(null, 0);
  const rewarded = stepWith(null, 0.5);
  const atWords = plain.losses.flat().map((nll) => nll > 0);
  const sum = plain.entropies.reduce((total, h, i) => total + (atWords[i] === true ? h : 0), 0);
  expect(rewarded.loss).toBeCloseTo(plain.loss - (0.5 * sum) / plain.batch.words, 5);
});

test('weights that a batch does not come to have the gradient 0: they stay as they are', async () => {
  const task = tinyTask(4);
  const attention = { kind: 'coverage', coverage: 'gru' };
  const { model: spec, optimizer } = tinySpec({ model: { attention } });
  const start = initialiseParameters(captionerParameters(spec, sizesOf(task)), Rng.from(1));
  const weights = toVariables(start);
  const adam = Adam.over(weights, optimizer, null);
  // What coverage remembers after the end mark is never read.
  const batch = layOut(task.captions.map((caption) => ({ ...caption, tokens: [] })));
  tf.tidy(() => {
    const captions = captionTensors(batch, task.features);
    const settings = { labelSmoothing: 0, entropyWeight: 0 };
    const step = createTrainingStep(createCaptioner(spec, weights), weights, adam, settings);
    step({ ...captions, ...scalarInputs(4, [0.1]), noise: {}, captionWeights: null });
  });
  const moved = start
    .filter(({ name, values }) =>
      weights
        .get(name)
        ?.dataSync()
        .some((x, i) => x !== values[i]),
    )
    .map(({ name }) => name);
  const memory = start.map(({ name }) => name).filter((name) => name.startsWith('coverage.'));
  expect(memory.length).toBeGreaterThan(0);
  expect(moved.filter((name) => memory.includes(name))).toEqual([]);
  expect(moved.length).toBeGreaterThan(memory.length);
  disposeAll(weights);
  adam.dispose();
});
