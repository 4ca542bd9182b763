import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { imageTensors } from '../features.js';
import { initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { describeFamily } from '../testing/describe-family.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';

const tanhRnn = (options: object = {}) => ({
  decoder: 'tanh-rnn',
  attention: { kind: 'none' },
  ...options,
});
const dot = (isScaled: boolean) => ({ attention: { kind: 'dot', isScaled } });

describeFamily('tanh RNN', {
  cases: [
    { name: 'mean region', model: tanhRnn() },
    {
      name: 'mean region, weight norm and dropout',
      model: tanhRnn({ weightNorm: true, dropout: 0.3, embed: 12 }),
    },
    { name: 'dot', model: tanhRnn(dot(false)) },
    {
      name: 'scaled dot, global descriptor, weight norm and dropout',
      model: tanhRnn({ ...dot(true), global: 'paper', weightNorm: true, dropout: 0.3 }),
    },
    {
      // Then it is soft attention, and the gradients of the entropy and of the rest are exact.
      name: 'hard attention, never sampled',
      model: tanhRnn({
        ...dot(true),
        locations: 'hard',
        hard: { sampledShare: 0, entropyWeight: 0.5, inverseTemperature: 2 },
      }),
    },
  ],
  overfit: [
    {
      // The means of the images are too close to each other as they are.
      name: 'mean region',
      model: tanhRnn({ featureNorm: 'batchnorm' }),
      steps: 400,
      learningRate: 0.1,
    },
    {
      name: 'dot',
      model: tanhRnn({ ...dot(false), weightNorm: true }),
      steps: 240,
      learningRate: 0.02,
    },
  ],
});

describeFamily('tanh RNN with hard attention', {
  hasExactGradient: false,
  cases: [
    {
      name: 'always sampled, likeliest region',
      model: tanhRnn({
        ...dot(false),
        global: 'code',
        locations: 'hard',
        hard: { sampledShare: 1, atTest: 'argmax' },
      }),
    },
  ],
  overfit: [
    {
      name: 'a tenth of the batches sampled',
      model: tanhRnn({
        ...dot(false),
        weightNorm: true,
        locations: 'hard',
        hard: { sampledShare: 0.1 },
      }),
      steps: 500,
      learningRate: 0.02,
    },
  ],
});

test.each(['soft', 'hard'])(
  'the image matrix is normalised once for all decoded words, locations %s',
  async (locations) => {
    const task = tinyTask(2);
    const hidden = 12;
    const model = { ...tanhRnn(dot(false)), hidden, locations, weightNorm: true };
    const { model: spec } = tinySpec({ model });
    const plans = captionerParameters(spec, sizesOf(task));
    const weights = toVariables(initialiseParameters(plans, Rng.from(1)));
    const decoder = createCaptioner(spec, weights).decoder();
    const images = decoder.encode(imageTensors(task.features, [0, 1]));
    const state = decoder.begin(images, 2);
    const words = tf.zeros([2], 'int32');
    const { kernels } = await tf.profile(() => decoder.step(images, state, words).logits);
    const matrices = kernels.flatMap(({ outputShapes }) => outputShapes).map(String);
    expect(matrices).toContain(String([2, task.vocabularySize]));
    expect(matrices).not.toContain(String([task.vocabularySize, hidden]));
  },
);
