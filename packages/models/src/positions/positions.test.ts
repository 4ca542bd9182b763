import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ModelInputError } from '../errors.js';
import { startTestEngine } from '../testing/test-engine.js';
import { firstPositions, sinusoids, StepPositions, wordsWithPosition } from './positions.js';

beforeAll(startTestEngine);

/** Of sin and cos in float32, whose argument is up to 60. */
const DIGITS = 5;

test('sinusoids are all sines, then all cosines, with falling frequencies', () => {
  tf.tidy(() => {
    const rows = sinusoids(tf.tensor1d([0, 1, 60], 'int32'), 4);
    expect(rows.shape).toEqual([3, 4]);
    // Frequencies 10000^0 = 1 and 10000^(-2/4) = 0.01.
    const expected = [
      [0, 0, 1, 1],
      [0.8414709848, 0.0099998333, 0.5403023059, 0.9999500004],
      [-0.3048106211, 0.5646424734, -0.9524129804, 0.8253356149],
    ];
    expectClose(rows, expected.flat());
  });
});

test.each(['fixed', 'learned'] as const)('%s: word by word as all at once', (kind) => {
  tf.tidy(() => {
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    const weights = new Map([['positions', table]]);
    const all = firstPositions(kind, weights, 3, 2);
    const byStep = new StepPositions(kind, weights, 2);
    let positions = byStep.begin(2);
    for (const row of tf.unstack(all)) {
      const twice = tf.concat([row, row]);
      expectClose(byStep.at(positions), [...twice.dataSync()]);
      positions = byStep.next(positions);
    }
  });
});

test('a table of learned positions says how long captions may be', () => {
  tf.tidy(() => {
    const weights = new Map([['positions', tf.zeros([4, 2])]]);
    expect(wordsWithPosition('learned', weights)).toBe(3);
    expect(wordsWithPosition('fixed', weights)).toBeNull();
    const tooLong = () => firstPositions('learned', weights, 5, 2);
    expect(tooLong).toThrow(ModelInputError);
    expect(tooLong).toThrow('A caption of 4 words has no learned position for each');
  });
});

function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  const values = actual.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, DIGITS);
}
