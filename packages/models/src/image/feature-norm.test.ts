import * as tf from '@tensorflow/tfjs-core';
import { ArnnSpec } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { featureNormParameters, normaliseFeatures, toUnitLength } from './feature-norm.js';
import { projectRegions, regionParameters } from './regions.js';

beforeAll(async () => {
  await startTestEngine();
  registerGradients();
});

const SIZES = { vocabulary: 5, channels: 2, regions: 3, maxWords: 4 };
/** Two images; the third region of the first is padding. */
const FEATURES = [
  [
    [1, 2],
    [3, 6],
    [0, 0],
  ],
  [
    [5, 1],
    [7, 1],
    [9, 0],
  ],
];
const IS_REGION = [
  [true, true, false],
  [true, true, true],
];

function images() {
  return { features: tf.tensor3d(FEATURES), mask: tf.tensor2d(IS_REGION, [2, 3], 'bool') };
}

function specOf(options: object): ArnnSpec {
  return ArnnSpec.parse({ decoder: 'arnn', hidden: 8, ...options });
}

function weightsOf(spec: ArnnSpec): Map<string, tf.Variable> {
  const plans = [...featureNormParameters(spec, 2), ...regionParameters(spec, SIZES, 8, true)];
  return toVariables(initialiseParameters(plans, Rng.from(1)));
}

/** What `run` gives in a scope of its own. */
function numbers(run: () => tf.Tensor | undefined): number[] {
  return [...tf.tidy(() => (run() ?? tf.zeros([0])).dataSync())];
}

test('zeros have no direction: they stay zeros, and the gradient is finite', () => {
  const rows = [
    [3, 4],
    [0, 0],
  ];
  expect(numbers(() => toUnitLength(tf.tensor2d(rows)))).toEqual([
    expect.closeTo(0.6, 6),
    expect.closeTo(0.8, 6),
    0,
    0,
  ]);
  const slope = tf.grad((x: tf.Tensor) => tf.sum(toUnitLength(tf.relu(x))));
  // d (x + y) / |(x, y)|: [y (y - x), x (x - y)] / 125
  expect(numbers(() => slope(tf.tensor2d(rows)))).toEqual([
    expect.closeTo(4 / 125, 6),
    expect.closeTo(-3 / 125, 6),
    0,
    0,
  ]);
});

test('a factor says nothing before unit length, bit for bit', () => {
  const of = (featureScale: number) => {
    const spec = specOf({ featureNorm: 'l2', featureScale });
    return numbers(() => normaliseFeatures(spec, new Map(), images(), true).images.features);
  };
  expect(of(3)).toEqual(of(1));
});

describe.each([true, false])('with maskPadding %s', (maskPadding) => {
  test('batch norm leaves padding out of its statistics; the moving variance is unbiased', () => {
    const spec = specOf({ featureNorm: 'batchnorm', maskPadding });
    const weights = weightsOf(spec);
    // Of the first channel, 1, 3, 5, 7, 9: mean 5, unbiased variance 10; averages move by a tenth.
    const updated = (name: string) =>
      numbers(() => normaliseFeatures(spec, weights, images(), true).updates.get(name))[0];
    expect(updated('features.mean')).toBeCloseTo(0.5, 6);
    expect(updated('features.variance')).toBeCloseTo(0.9 + 1, 5);
    tf.dispose([...weights.values()]);
  });

  test('padding is zeros in memory behind every norm, seen or not', () => {
    const spec = specOf({ featureNorm: 'layernorm', regionNorm: 'layernorm', maskPadding });
    const weights = weightsOf(spec);
    for (const name of ['features.beta', 'image.beta']) {
      const beta = weights.get(name);
      tf.tidy(() => beta?.assign(tf.onesLike(beta)));
    }
    tf.tidy(() => {
      const normalised = normaliseFeatures(spec, weights, images(), false).images;
      const { memory, mask } = projectRegions(spec, weights, normalised);
      expect(mask === null).toBe(!maskPadding);
      expect([...tf.slice(memory, [0, 2, 0], [1, 1, 8]).dataSync()]).toEqual(
        Array.from({ length: 8 }, () => 0),
      );
    });
    tf.dispose([...weights.values()]);
  });
});
