import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, expect, test } from 'vitest';
import type { Captioner } from '../captioner/captioner.js';
import { startTestEngine } from '../testing/test-engine.js';
import { captionLosses } from './teacher-forcing.js';

beforeAll(async () => {
  await startTestEngine();
  registerGradients();
});

/** Of four words; the second caption ends after its first word. */
const LOGITS = [
  [0, 1, 2, 3],
  [1, 0, 0, 4],
  [2, 2, 0, 1],
  [0, 0, 0, 0],
];
const TARGETS = [3, 3, 1, 0];

/** Of the target of each row, 0 at padding. */
const NEGATIVE_LOG_LIKELIHOODS = LOGITS.map((row, i) => {
  const target = TARGETS[i] ?? 0;
  const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
  return target === 0 ? 0 : Math.log(sum) - (row[target] ?? 0);
});

test.each([0, 0.2])(
  'smoothed by %f: what a family adds sees the likelihoods without smoothing',
  (labelSmoothing) => {
    const seen: number[] = [];
    const model: Pick<Captioner, 'teach'> = {
      teach: () => ({
        logits: tf.tensor2d(LOGITS),
        alpha: null,
        extraLoss: (losses) => {
          expect(losses().shape).toEqual([2, 2]);
          seen.push(...losses().dataSync());
          return { loss: null, updates: new Map() };
        },
      }),
    };
    const losses = tf.tidy(() => {
      const captions = {
        features: tf.zeros([2, 1, 1]),
        mask: null,
        inputs: tf.zeros([2, 2], 'int32'),
        targets: tf.tensor2d(TARGETS, [2, 2], 'int32'),
      };
      return [...captionLosses(model, captions, null, labelSmoothing).losses.dataSync()];
    });
    for (const [i, expected] of NEGATIVE_LOG_LIKELIHOODS.entries()) {
      expect(seen[i]).toBeCloseTo(expected, 5);
    }
    // The loss itself is smoothed.
    const total = losses.reduce((sum, loss) => sum + loss, 0);
    const plain = NEGATIVE_LOG_LIKELIHOODS.reduce((sum, loss) => sum + loss, 0);
    if (labelSmoothing === 0) expect(total).toBeCloseTo(plain, 5);
    else expect(total).toBeGreaterThan(plain + 0.1);
  },
);
