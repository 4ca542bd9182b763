import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Engine, TensorFunction } from '../engine.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask, type SpecChanges } from '../testing/tiny-task.js';
import { trainCaptioner, type TrainCaptionerOptions } from './train-captioner.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
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
  const { name, backend } = engine;
  return {
    engine: captureStep === undefined ? { name, backend } : { name, backend, captureStep },
    spec: tinySpec(CHANGES),
    vocabularySize: task.vocabularySize,
    train: { captions: task.captions },
    val: { captions: task.captions },
    features: task.features,
  };
}

test('an engine that can record steps gets the step, and training is the same', async () => {
  const shapes: string[] = [];
  const captureStep = (step: TensorFunction): TensorFunction => {
    return (inputs) => {
      shapes.push(inputs.map(({ shape }) => `[${shape.join()}]`).join(' '));
      return step(inputs);
    };
  };
  const recorded = await trainCaptioner(optionsWith(captureStep));
  expect(recorded).toEqual(await trainCaptioner(optionsWith(undefined)));
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
