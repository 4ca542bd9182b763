import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import type { Engine } from '../engine.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { layOut, type CaptionBatch } from './caption-batches.js';
import { mixInputs, samplingProbability } from './scheduled-sampling.js';
import { captionTensors } from './teacher-forcing.js';
import { trainCaptioner, type TrainingCheckpoint } from './train-captioner.js';
import { decodeTrainingState, encodeTrainingState } from './training-state.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

const ALWAYS = { increase: 1, everyEpochs: 1, maximum: 1 };

/** The inputs of a batch as mixed by a model whose distribution is `bias` (plus a little noise). */
function mixWith(
  bias: (word: number) => number,
  probability: number,
  seed = 1,
): { batch: CaptionBatch; mixed: number[][] } {
  const task = tinyTask(8);
  const spec = tinySpec().model;
  const arrays = initialiseParameters(captionerParameters(spec, sizesOf(task)), Rng.from(2)).map(
    (array) =>
      array.name === 'output.bias'
        ? { ...array, values: array.values.map((_, i) => bias(i)) }
        : array,
  );
  const weights = toVariables(arrays);
  const batch = layOut(task.captions);
  const mixed = tf.tidy(() => {
    const captions = captionTensors(batch, task.features);
    const model = createCaptioner(spec, weights);
    return mixInputs(model, batch, captions, probability, Rng.from(seed)).arraySync() as number[][];
  });
  disposeAll(weights);
  return { batch, mixed };
}

const rowsOf = ({ inputs, size, steps }: CaptionBatch): number[][] =>
  Array.from({ length: steps }, (_, t) => Array.from(inputs.subarray(t * size, (t + 1) * size)));

describe('probability', () => {
  test('it rises every so many epochs up to its maximum', () => {
    const rule = { increase: 0.05, everyEpochs: 5, maximum: 0.12 };
    const at = (epoch: number) => samplingProbability(rule, epoch);
    expect([0, 4, 5, 9, 10, 15, 99].map(at)).toEqual([0, 0, 0.05, 0.05, 0.1, 0.12, 0.12]);
  });
});

describe('mixed inputs', () => {
  test('a word is drawn where it should be; begin marks and padding stay', () => {
    // Nearly all probability is on word 6.
    const { batch, mixed } = mixWith((word) => (word === 6 ? 50 : 0), 1);
    const expected = rowsOf(batch).map((row, t) =>
      row.map((word) => (t === 0 || word === 0 ? word : 6)),
    );
    expect(mixed).toEqual(expected);
  });

  test('pad and begin marks are not drawn, however likely', () => {
    const { mixed } = mixWith((word) => (word === 0 || word === 2 ? 50 : word === 5 ? 20 : 0), 1);
    expect(new Set(mixed.slice(1).flat())).toEqual(new Set([0, 5]));
  });

  test('as many are drawn as the probability says, and with probability 0 none', () => {
    const toSix = (word: number): number => (word === 6 ? 50 : 0);
    let drawn = 0;
    let words = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const { batch, mixed } = mixWith(toSix, 0.3, seed);
      const given = rowsOf(batch);
      for (const [t, row] of mixed.entries()) {
        for (const [i, word] of row.entries()) {
          if (t === 0 || given[t]?.[i] === 0 || given[t]?.[i] === 6) continue;
          words += 1;
          drawn += word === given[t]?.[i] ? 0 : 1;
        }
      }
    }
    // A binomial share of about 270 words: three standard deviations are 0.084.
    expect(Math.abs(drawn / words - 0.3)).toBeLessThan(0.084);
    const { batch, mixed } = mixWith(toSix, 0);
    expect(mixed).toEqual(rowsOf(batch));
  });

  test('a draw follows the words drawn before it', () => {
    const task = tinyTask(8);
    const spec = tinySpec().model;
    // So steep that each draw is the likeliest word, which depends on the state.
    const arrays = initialiseParameters(captionerParameters(spec, sizesOf(task)), Rng.from(4)).map(
      (array) => {
        const factor = array.name === 'output.weight' ? 3000 : array.name === 'embedding' ? 100 : 1;
        return { ...array, values: array.values.map((x) => factor * x) };
      },
    );
    const weights = toVariables(arrays);
    const model = createCaptioner(spec, weights);
    const batch = layOut(task.captions);
    tf.tidy(() => {
      const captions = captionTensors(batch, task.features);
      const decoder = model.decoder();
      const images = decoder.encode(captions);
      let state = decoder.begin(images, batch.size);
      let words: tf.Tensor = tf.fill([batch.size], SPECIAL_IDS.begin, 'int32');
      const greedy = [[...words.dataSync()]];
      for (let t = 1; t < batch.steps; t += 1) {
        const next = decoder.step(images, state, words);
        state = next.state;
        const bars = tf.tensor1d(
          Array.from({ length: task.vocabularySize }, (_, id) => (id === 0 || id === 2 ? -1e9 : 0)),
        );
        words = tf.argMax(tf.add(next.logits, bars), 1);
        greedy.push([...words.dataSync()]);
      }
      const mixed = mixInputs(model, batch, captions, 1, Rng.from(1)).arraySync();
      const given = rowsOf(batch);
      expect(mixed).toEqual(
        greedy.map((row, t) => row.map((word, i) => (given[t]?.[i] === 0 ? 0 : word))),
      );
      expect(greedy.map(([first]) => first)).toEqual([2, 3, 6, 4]);
    });
    disposeAll(weights);
  });
});

describe('training', () => {
  test('it starts with the epoch that brings a probability, and leaks nothing', async () => {
    const task = tinyTask(8);
    const trained = (everyEpochs: number | null) =>
      trainCaptioner({
        engine,
        spec: tinySpec({
          schedule: {
            batchSize: 4,
            maxEpochs: 2,
            ...(everyEpochs === null ? {} : { scheduledSampling: { ...ALWAYS, everyEpochs } }),
          },
        }),
        vocabularySize: task.vocabularySize,
        train: { captions: task.captions },
        val: { captions: task.captions },
        features: task.features,
      });
    const before = tf.memory().numTensors;
    const off = await trained(null);
    expect((await trained(2)).weights).toEqual(off.weights);
    expect((await trained(1)).weights).not.toEqual(off.weights);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('stopped and resumed, the weights are the same bit for bit', async () => {
    const { captions, features, vocabularySize } = tinyTask(8);
    const options = {
      engine,
      spec: tinySpec({
        model: { dropout: 0.3 },
        schedule: {
          batchSize: 4,
          maxEpochs: 3,
          checkpointEvery: 3,
          scheduledSampling: { ...ALWAYS, maximum: 0.5 },
        },
      }),
      vocabularySize,
      train: { captions },
      val: { captions },
      features,
    };
    const checkpoints: TrainingCheckpoint[] = [];
    const whole = await trainCaptioner({
      ...options,
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    });
    const [first] = checkpoints;
    if (first === undefined) throw new Error('No checkpoint came.');
    const resume = decodeTrainingState(encodeTrainingState(first.state, 'one'), 'one');
    expect(await trainCaptioner({ ...options, resume })).toEqual(whole);
  });
});
