import { memory } from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import { trainCaptioner } from './train-captioner.js';

/** As many steps as an engine does in half a minute. */
const STEPS = { libtorch: 10_000, cpu: 400 }[inject('engine')];
/** Lazy parts of the engine and of the process are there by then. */
const SETTLED = STEPS / 5;
/** A leak of one tensor of the model per step, the smallest having 36 bytes with its bookkeeping of
 * some hundred, would be over 1 MiB; what the process itself needs goes up and down by a few. */
const MOST_GROWTH_BYTES = 24 * 2 ** 20;

test(`memory does not grow over ${STEPS} training steps`, async () => {
  const engine = await startTestEngine();
  const { captions, features, vocabularySize } = tinyTask(8);
  const before = memory();
  const seen: { step: number; tensors: number; bytes: number; resident: number }[] = [];
  await trainCaptioner({
    engine,
    spec: tinySpec({
      schedule: { maxEpochs: STEPS, maxSteps: STEPS, checkpointEvery: STEPS, stopAfter: STEPS },
    }),
    vocabularySize,
    train: { captions },
    val: { captions },
    features,
    onProgress: ({ step }) => {
      if (step !== SETTLED && step !== STEPS - 1) return;
      const { numTensors, numBytes } = memory();
      const resident = process.memoryUsage.rss();
      seen.push({ step, tensors: numTensors, bytes: numBytes, resident });
    },
  });
  const [settled, last] = seen;
  expect(last?.step).toBe(STEPS - 1);
  expect(last?.tensors).toBe(settled?.tensors);
  expect(last?.bytes).toBe(settled?.bytes);
  expect((last?.resident ?? 0) - (settled?.resident ?? 0)).toBeLessThan(MOST_GROWTH_BYTES);
  const after = memory();
  expect(after.numTensors).toBe(before.numTensors);
  expect(after.numDataBuffers).toBe(before.numDataBuffers);
  expect(after.numBytes).toBe(before.numBytes);
});
