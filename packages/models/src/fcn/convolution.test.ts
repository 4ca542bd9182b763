import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startTestEngine } from '../testing/test-engine.js';
import { activate, windowsOf } from './convolution.js';

beforeAll(startTestEngine);

test('a window holds the words before a word and the word, the oldest first', () => {
  tf.tidy(() => {
    // One caption of three words, two numbers each, behind two rows of zeros.
    const words = tf.tensor3d([0, 0, 0, 0, 1, 2, 3, 4, 5, 6], [1, 5, 2]);
    expect(windowsOf(words, 3).arraySync()).toEqual([
      [0, 0, 0, 0, 1, 2],
      [0, 0, 1, 2, 3, 4],
      [1, 2, 3, 4, 5, 6],
    ]);
  });
});

test.each([
  // Half the filters gate the other half: 2 sigmoid(0), -3 sigmoid(1).
  ['glu', [2, -3, 0, 1], [1, -2.1931757]],
  ['relu', [2, -3], [2, 0]],
  ['sigmoid', [0, 1], [0.5, 0.7310586]],
  ['tanh', [0, 1], [0, 0.7615942]],
  // Far from 0 it is x and 0.
  ['softrelu', [0, 1, 200, -200], [0.6931472, 1.3132617, 200, 0]],
] as const)('%s', (kind, x, expected) => {
  tf.tidy(() => {
    const y = activate(kind, tf.tensor2d([...x], [1, x.length]));
    expect(y.shape).toEqual([1, expected.length]);
    for (const [i, value] of y.dataSync().entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 5);
  });
});
