import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { barredWords, drawWords, uniformForDraw, type DrawSettings } from './draw-words.js';

beforeAll(async () => {
  await startTestEngine();
});

const ALL: DrawSettings = { temperature: 1, topK: 0, topP: 1 };
const DRAWS = 20_000;
const PROBABILITIES = [0.05, 0.3, 0.15, 0.3, 0.02, 0.18];

/** How often each word is drawn from the same distribution. */
function frequencies(probabilities: readonly number[], settings: DrawSettings): number[] {
  const rng = Rng.from(42);
  const words = tf.tidy(() => {
    const scores = tf.tile(tf.log(tf.tensor2d([...probabilities], [1, probabilities.length])), [
      DRAWS,
      1,
    ]);
    const uniforms = Array.from({ length: DRAWS }, () => uniformForDraw(rng));
    return drawWords(scores, tf.tensor2d(uniforms, [DRAWS, 1]), settings).dataSync();
  });
  const counts = probabilities.map(() => 0);
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Pearson's statistic; words that should not come must not. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  const total = expected.reduce((a, b) => a + b, 0);
  return counts.reduce((sum, count, word) => {
    const mean = (DRAWS * (expected[word] ?? 0)) / total;
    if (mean > 0) return sum + (count - mean) ** 2 / mean;
    expect(count, `word ${word}`).toBe(0);
    return sum;
  }, 0);
}

/** 99.9% of the chi-square distribution by its degrees of freedom, from a printed table. */
const LIMIT: Readonly<Record<number, number>> = { 1: 10.83, 2: 13.82, 5: 20.52 };

describe('words are drawn as often as they are likely', () => {
  test.each([
    ['as the model says', ALL, PROBABILITIES],
    ['at temperature 0.5: squared', { ...ALL, temperature: 0.5 }, PROBABILITIES.map((p) => p * p)],
    ['the likeliest two', { ...ALL, topK: 2 }, [0, 1, 0, 1, 0, 0]],
    ['the likeliest of 75%, equal ones by id', { ...ALL, topP: 0.75 }, [0, 0.3, 0, 0.3, 0, 0.18]],
    // Squared and over their sum, 0.2378: 0.38, 0.38, 0.14, 0.09, … As they are, 80% would take four.
    [
      'the likeliest of 80% at temperature 0.5, not of 80% before it',
      { temperature: 0.5, topK: 0, topP: 0.8 },
      [0, 0.09, 0, 0.09, 0, 0.0324],
    ],
    // 0.18 of 0.78 comes after 0.6 of 0.78, which is 77%.
    ['75% of the likeliest three', { ...ALL, topK: 3, topP: 0.75 }, [0, 0.3, 0, 0.3, 0, 0]],
  ])('%s', (_, settings, expected) => {
    const counts = frequencies(PROBABILITIES, settings);
    const freedom = expected.filter((p) => p > 0).length - 1;
    expect(chiSquare(counts, expected)).toBeLessThan(LIMIT[freedom] ?? 0);
  });
});

describe('sets of words', () => {
  const drawn = (settings: Partial<DrawSettings>, probabilities = [0.25, 0.25, 0.25, 0.25]) =>
    frequencies(probabilities, { ...ALL, ...settings }).flatMap((n, word) => (n > 0 ? [word] : []));

  test('of equal words the lower ids are taken, exactly as many as asked', () => {
    expect(drawn({ topK: 1 })).toEqual([0]);
    expect(drawn({ topK: 3 })).toEqual([0, 1, 2]);
    expect(drawn({ topK: 9 })).toEqual([0, 1, 2, 3]);
    expect(drawn({ topP: 0.25 })).toEqual([0]);
    expect(drawn({ topP: 0.26 })).toEqual([0, 1]);
    expect(drawn({ topP: 0.5 })).toEqual([0, 1]);
    expect(drawn({ topP: 1 })).toEqual([0, 1, 2, 3]);
  });

  test('the likeliest word is always among them', () => {
    expect(drawn({ topP: 1e-6 }, [0.1, 0.2, 0.6, 0.1])).toEqual([2]);
  });
});

test('the largest uniform number draws the last possible word, zero the first', () => {
  const draw = (uniform: number): number[] =>
    tf.tidy(() => {
      const scores = tf.add(
        tf.randomNormal([50, 1000], 0, 1, 'float32', 3),
        barredWords(1000, [0, 999]),
      );
      return [...drawWords(scores, tf.fill([50, 1], uniform), ALL).dataSync()];
    });
  expect(new Set(draw(0))).toEqual(new Set([1]));
  for (const word of draw(1 - 2 ** -23)) {
    expect(word).toBeGreaterThan(900);
    expect(word).toBeLessThan(999);
  }
});
