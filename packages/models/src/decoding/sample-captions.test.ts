import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { imageTensors } from '../features.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { sampleCaptions } from './sample-captions.js';

beforeAll(async () => {
  await startTestEngine();
});

test('samples follow the weights of the moment, the seed and nothing else, and leave no tensor', async () => {
  const task = tinyTask(6);
  const spec = tinySpec().model;
  const arrays = initialiseParameters(captionerParameters(spec, sizesOf(task)), Rng.from(3));
  const weights = toVariables(arrays);
  const captioner = createCaptioner(spec, weights);
  const images = imageTensors(task.features, [0, 1, 2, 3, 4, 5]);
  const before = tf.memory().numTensors;
  const sample = (seed: number) =>
    sampleCaptions({
      captioner,
      images,
      samples: 4,
      withGreedy: true,
      temperature: 1,
      maxWords: 5,
      rng: Rng.from(seed),
    });
  const first = await sample(1);
  expect(first.samples.map((ofImage) => ofImage.length)).toEqual([4, 4, 4, 4, 4, 4]);
  expect(first.greedy?.length).toBe(6);
  expect(await sample(1)).toEqual(first);
  const other = await sample(2);
  expect(other.samples).not.toEqual(first.samples);
  expect(other.greedy).toEqual(first.greedy);

  // Word 4 at any price.
  const bias = weights.get('output.bias');
  tf.tidy(() => bias?.assign(tf.tensor1d([0, 0, 0, 0, 50, 0, 0, 0])));
  const changed = await sample(1);
  for (const { tokens, isFinished } of [...changed.samples.flat(), ...(changed.greedy ?? [])]) {
    expect(tokens).toEqual([4, 4, 4, 4, 4]);
    expect(isFinished).toBe(false);
  }
  expect(tf.memory().numTensors).toBe(before);
  disposeAll(weights);
  tf.dispose([images.features]);
});
