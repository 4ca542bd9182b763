import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ModelSpec, OptimizerSpec, type NicSpec } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { describeFamily } from '../testing/describe-family.js';
import { startTestEngine } from '../testing/test-engine.js';
import { Adam } from '../training/adam.js';
import { createTrainingStep, scalarInputs } from '../training/training-step.js';
import { nicFamily } from './nic.js';

const nic = (options: object = {}) => ({ decoder: 'nic', ...options });

describeFamily('NIC', {
  cases: [
    { name: 'plain', model: nic() },
    {
      name: 'two layers, dropout, weight norm, perceptron',
      model: nic({
        layers: 2,
        dropout: 0.3,
        weightNorm: true,
        head: { kind: 'mlp', hidden: 8, dropout: 0.3 },
      }),
    },
    {
      name: 'batch norm, begin mark from the image',
      model: nic({ imageTarget: 'begin', embed: 12, head: { batchNorm: true } }),
    },
  ],
  overfit: [{ name: 'one layer', model: nic(), steps: 200, learningRate: 0.02 }],
});

describe('NIC', () => {
  beforeAll(async () => {
    await startTestEngine();
    registerGradients();
  });

  const sizes = { vocabulary: 7, channels: 3, regions: 2, maxWords: 5 };

  function weightsOf(spec: NicSpec): Map<string, tf.Variable> {
    return toVariables(initialiseParameters(nicFamily.parameters(spec, sizes), Rng.from(3)));
  }

  function specOf(options: object): NicSpec {
    const spec = ModelSpec.parse({ decoder: 'nic', hidden: 8, embed: 8, ...options });
    if (spec.decoder !== 'nic') throw new Error('another family was parsed');
    return spec;
  }

  test('batch norm makes the inputs of a batch standard and moves its averages by a hundredth', () => {
    const spec = specOf({ head: { batchNorm: true } });
    const weights = weightsOf(spec);
    tf.tidy(() => {
      // The head copies the channels.
      const copy = Array.from({ length: 3 }, (_, i) =>
        Array.from({ length: 8 }, (__, o) => Number(i === o)),
      );
      weights.get('head.weight')?.assign(tf.tensor2d(copy));
      const features = tf.tensor3d([[[1, 0, 0]], [[3, 0, 0]], [[8, 0, 0]]]); // mean 4, variance 13
      const inputs = tf.tensor2d([[2, 2, 2]], [1, 3], 'int32');
      const { extraLoss } = nicFamily
        .create(spec, weights)
        .teach({ features, mask: null }, inputs, {});
      const updates = extraLoss?.(() => tf.zeros([1, 3]), tf.ones([1, 3])).updates;
      expect(updates?.get('head.mean')?.dataSync()[0]).toBeCloseTo(0.04, 6);
      expect(updates?.get('head.variance')?.dataSync()[0]).toBeCloseTo(0.99 + 0.13, 6);
    });
    disposeAll(weights);
  });

  test('a batch of one is normalised by the moving averages and leaves them alone', () => {
    const spec = specOf({ head: { batchNorm: true } });
    const weights = weightsOf(spec);
    tf.tidy(() => {
      const model = nicFamily.create(spec, weights);
      const images = { features: tf.tensor3d([[[1, 2, 3]]]), mask: null };
      const inputs = tf.tensor2d([[2], [5]], [2, 1], 'int32');
      const training = model.teach(images, inputs, {});
      expect(training.extraLoss).toBeNull();
      expect(training.logits.dataSync()).toEqual(
        model.teach(images, inputs, null).logits.dataSync(),
      );
    });
    disposeAll(weights);
  });

  test.each([
    ['words', 6, 8 / 6],
    ['captions', 2, 8 / 2],
  ])('divided by the %s, the begin mark weighs as much as a word', (_name, divisor, words) => {
    const spec = specOf({ imageTarget: 'begin' });
    const weights = weightsOf(spec);
    const optimizer = OptimizerSpec.parse({});
    const adam = Adam.over(weights, optimizer, null);
    tf.tidy(() => {
      // With an output of zeros every word has the probability 1/7.
      for (const name of ['output.weight', 'output.bias']) {
        const weight = weights.get(name);
        weight?.assign(tf.zerosLike(weight));
      }
      const model = nicFamily.create(spec, weights);
      const step = createTrainingStep(model, weights, adam, {
        labelSmoothing: 0,
        entropyWeight: 0,
      });
      const targets = [
        [4, 5],
        [5, 3],
        [4, 0],
        [3, 0],
      ];
      const [loss] = step({
        features: tf.ones([2, 1, 3]),
        mask: null,
        inputs: tf.fill([4, 2], 4, 'int32'),
        targets: tf.tensor2d(targets, [4, 2], 'int32'),
        captionWeights: null,
        noise: {},
        ...scalarInputs(divisor, [0]),
      });
      // Six words and two begin marks of log 7 each.
      expect(loss?.dataSync()[0]).toBeCloseTo(Math.log(7) * words, 5);
    });
    adam.dispose();
    disposeAll(weights);
  });
});
