import * as tf from '@tensorflow/tfjs-core';
import { ArnnSpec } from '@capgrid/contracts';
import { beforeAll, test } from 'vitest';
import { expectNumbers } from '../testing/expect-equations.js';
import { startTestEngine } from '../testing/test-engine.js';
import { projectRegions } from './regions.js';

beforeAll(startTestEngine);

const FEATURES = [
  [1, 2],
  [3, -4],
];
const PROJECTION = [
  [1, -1],
  [1, 0.5],
];
const GLOBAL = [
  [1, -1],
  [-1, 3],
];
// f W is [3, 0] and [-1, -5].
const PROJECTED = [
  [3, 0],
  [0, 0],
];

function memoryOf(options: object): tf.Tensor {
  const weights = new Map([
    ['image.projection', tf.tensor2d(PROJECTION)],
    ['image.global', tf.tensor2d(GLOBAL)],
  ]);
  const images = { features: tf.tensor3d([FEATURES]), mask: null };
  return projectRegions(ArnnSpec.parse({ decoder: 'arnn', ...options }), weights, images).memory;
}

test.each([
  // The mean of the raw regions is [2, -1]; times W_g: [3, -5].
  ['paper', [3, 0]],
  // The mean of the projected ones is [1.5, 0]; times W_g: [1.5, -1.5].
  ['code', [1.5, 0]],
] as const)('the global descriptor as in the %s is ReLU(W_g mean)', (global, expected) => {
  tf.tidy(() => {
    expectNumbers(memoryOf({ global, globalInMemory: true }), [...PROJECTED, expected]);
  });
});

test.each([{ global: 'paper', globalInMemory: false }, { global: 'none' }])(
  'with %o attention sees the regions only',
  (options) => {
    tf.tidy(() => expectNumbers(memoryOf(options), PROJECTED));
  },
);
