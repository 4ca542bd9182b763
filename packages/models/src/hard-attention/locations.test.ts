import * as tf from '@tensorflow/tfjs-core';
import { ShowAttendTellSpec } from '@capgrid/contracts';
import { beforeAll, expect, test } from 'vitest';
import { startTestEngine } from '../testing/test-engine.js';
import { locationNoise, locationsOf } from './locations.js';

beforeAll(async () => {
  await startTestEngine();
});

/** Weights that choose locations of these shares by these uniform numbers. */
function look(shares: number[][], draws: number[], hard: object, coin = 0): number[][] {
  const spec = ShowAttendTellSpec.parse({ decoder: 'show-attend-tell', locations: 'hard', hard });
  return tf.tidy(() => {
    const noise = { coin: tf.tensor1d([coin]), location: tf.tensor2d(draws, [1, draws.length]) };
    const { choose } = locationsOf(spec, noise, locationNoise(spec));
    return tf.cast(choose(tf.tensor2d(shares), 0).weights, 'float32').arraySync() as number[][];
  });
}

test('a region is drawn where the sum of the shares passes the number', () => {
  const shares = [0.25, 0.5, 0.25];
  const drawn = [0, 0.2, 0.3, 0.7, 0.8, 1].map(
    (number) => look([shares], [number], { sampledShare: 1 })[0],
  );
  expect(drawn).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 1],
  ]);
});

test('a region without weight is never drawn, and rows have numbers of their own', () => {
  const shares = [
    [0, 1, 0],
    [0.5, 0, 0.5],
  ];
  for (const [first = 0, second = 0, last] of [
    [0, 0, 0],
    [1, 1, 2],
    [0.9, 0.5, 2],
  ]) {
    const expected = [[0, 1, 0], [0, 1, 2].map((region) => (region === last ? 1 : 0))];
    expect(look(shares, [first, second], { sampledShare: 1 })).toEqual(expected);
  }
});

test('where the coin falls on the other side, the weights are the shares', () => {
  const shares = [[0.25, 0.5, 0.25]];
  expect(look(shares, [0.3], { sampledShare: 0.5 }, 0.49)).toEqual([[0, 1, 0]]);
  expect(look(shares, [0.3], { sampledShare: 0.5 }, 0.5)).toEqual(shares);
});

test('without noise: the shares, or all on the likeliest', () => {
  const weights = (atTest: string): number[][] => {
    const spec = ShowAttendTellSpec.parse({
      decoder: 'show-attend-tell',
      locations: 'hard',
      hard: { atTest },
    });
    return tf.tidy(() => {
      const { choose, coin } = locationsOf(spec, null, locationNoise(spec));
      expect(coin).toBeNull();
      return choose(tf.tensor2d([[0.25, 0.5, 0.25]]), 0).weights.arraySync() as number[][];
    });
  };
  expect(weights('expectation')).toEqual([[0.25, 0.5, 0.25]]);
  expect(weights('argmax')).toEqual([[0, 1, 0]]);
});

test('of one region there is no choice', () => {
  expect(look([[1], [1]], [0.3, 0.9], { sampledShare: 1 })).toEqual([[1], [1]]);
  const spec = ShowAttendTellSpec.parse({
    decoder: 'show-attend-tell',
    locations: 'hard',
    hard: { atTest: 'argmax' },
  });
  const { choose } = locationsOf(spec, null, locationNoise(spec));
  expect([...tf.tidy(() => choose(tf.ones([2, 1]), 0).weights.dataSync())]).toEqual([1, 1]);
});
