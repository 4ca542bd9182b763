import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine.js';
import type { NamedArray } from '../parameters.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import {
  trainCaptioner,
  type TrainCaptionerOptions,
  type TrainingCheckpoint,
  type TrainingStep,
} from './train-captioner.js';
import { decodeTrainingState, encodeTrainingState, type TrainingState } from './training-state.js';

/** The tiny captions have 2 and 3 words. */
const SELF_CRITICAL = {
  epochs: 4,
  learningRate: 0.02,
  batchImages: 4,
  samples: 4,
  maxWords: 5,
  checkpointEvery: 3,
};

let engine: Engine;
let startWeights: readonly NamedArray[];
beforeAll(async () => {
  engine = await startTestEngine();
  // Not yet good: there is something to earn.
  const schedule = { maxEpochs: 4, batchSize: 4 };
  ({ weights: startWeights } = await trainCaptioner(optionsFor({}, { schedule })));
});

function optionsFor(
  selfCritical: Readonly<Record<string, unknown>>,
  changes: { schedule?: object; model?: Record<string, unknown> } = {},
): TrainCaptionerOptions {
  const { captions, features, vocabularySize } = tinyTask(8);
  const schedule = changes.schedule ?? { selfCritical: { ...SELF_CRITICAL, ...selfCritical } };
  const spec = tinySpec({ schedule: { ...schedule }, model: changes.model ?? {} });
  return { engine, spec, vocabularySize, train: { captions }, val: { captions }, features };
}

async function train(options: TrainCaptionerOptions) {
  const steps: TrainingStep[] = [];
  const checkpoints: TrainingCheckpoint[] = [];
  const outcome = await trainCaptioner({
    startWeights,
    ...options,
    onProgress: (step) => steps.push(step),
    onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
  });
  return { outcome, steps, checkpoints };
}

describe('self-critical training', () => {
  test.each(['greedy', 'leave-one-out', 'beam-mean'])(
    'with the baseline %s the captions come to earn more',
    async (baseline) => {
      const { outcome, checkpoints } = await train(
        optionsFor({ baseline, epochs: 12, learningRate: 0.04 }),
      );
      const atStart = checkpoints[0]?.validation.ciderD ?? Number.NaN;
      expect(checkpoints[0]?.state.step).toBe(0);
      expect(outcome.bestCiderD).toBeGreaterThan(atStart + 1);
      expect(outcome.bestStep).toBeGreaterThan(0);
    },
  );

  test('the result is never worse than the start', async () => {
    const { outcome, checkpoints } = await train(optionsFor({ learningRate: 1, epochs: 3 }));
    const atStart = checkpoints[0]?.validation.ciderD ?? Number.NaN;
    expect(outcome.bestCiderD).toBeGreaterThanOrEqual(atStart);
  });

  test('the baseline is the mean reward of the others, or that of greedy captions', async () => {
    const first = async (baseline: string) => (await train(optionsFor({ baseline }))).steps[0];
    const [others, beam, greedy] = await Promise.all(
      ['leave-one-out', 'beam-mean', 'greedy'].map(first),
    );
    for (const step of [others, beam]) {
      expect(step?.rewards?.baseline).toBeCloseTo(step?.rewards?.reward ?? Number.NaN, 9);
    }
    expect(greedy?.rewards?.reward).toBe(others?.rewards?.reward);
    expect(greedy?.rewards?.baseline).not.toBeCloseTo(greedy?.rewards?.reward ?? Number.NaN, 2);
  });

  test('it reports what it draws', async () => {
    const badEndings = new Set([1, 4, 5, 6, 7]); // every word
    const { steps } = await train({ ...optionsFor({ maxWords: 1 }), badEndings });
    // One word at most: a sample is empty and finished, or cut after its one word.
    for (const { rewards } of steps) {
      expect(rewards?.unfinishedShare).toBeGreaterThan(0);
      // What has ended is empty.
      const noneHasEnded = rewards?.unfinishedShare === 1;
      expect(rewards?.badEndingShare).toBe(noneHasEnded ? null : 0);
      // The mean over four images of quarters, or over fewer at the end.
      expect(rewards?.distinctShare).toBeGreaterThanOrEqual(1 / 4);
      expect(rewards?.distinctShare).toBeLessThanOrEqual(1);
    }
    const plain = await train(optionsFor({}));
    expect(plain.steps[0]?.rewards?.badEndingShare).toBeNull();
    expect(plain.steps.length).toBe(8);
    expect(plain.checkpoints.map(({ state }) => state.step)).toEqual([0, 3, 6, 8]);
  });

  test('without dropout in its updates the dropout of the model is nothing to them', async () => {
    const weightsOf = async (own: boolean, ofModel: number) => {
      const options = optionsFor({ dropout: own, epochs: 2 }, { model: { dropout: ofModel } });
      return (await train(options)).outcome.weights;
    };
    const plain = await weightsOf(false, 0);
    expect(await weightsOf(false, 0.5)).toEqual(plain);
    expect(await weightsOf(true, 0)).toEqual(plain);
    expect(await weightsOf(true, 0.5)).not.toEqual(plain);
  });

  test('no moments are kept for a fall of the learning rate that never comes', async () => {
    const options = optionsFor({});
    const { schedule } = options.spec;
    const plateau = { ...schedule.plateau, moments: 'best' as const };
    const spec = { ...options.spec, schedule: { ...schedule, plateau } };
    const { checkpoints } = await train({ ...options, spec });
    const kept = checkpoints.flatMap(({ state }) => state.kept);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.map(({ moments }) => moments)).toEqual(kept.map(() => null));
  });

  test('moving averages go on, as the updates normalise with their batches', async () => {
    const model = { decoder: 'nic', featureNorm: 'batchnorm', head: { batchNorm: true } };
    const schedule = { maxEpochs: 1, batchSize: 4 };
    const { weights } = await trainCaptioner(optionsFor({}, { schedule, model }));
    const { checkpoints } = await train({ ...optionsFor({}, { model }), startWeights: weights });
    const [first, last] = [checkpoints[0], checkpoints.at(-1)].map((checkpoint) => {
      const arrays = checkpoint?.state.weights ?? [];
      return (name: string) => arrays.find((array) => array.name === name)?.values ?? [];
    });
    for (const name of ['head.mean', 'head.variance', 'features.variance']) {
      expect(last?.(name)).not.toEqual(first?.(name));
    }
    // Every pass has all images: the average comes nearer to their mean.
    const { features } = tinyTask(8);
    const all = features.batch([0, 1, 2, 3, 4, 5, 6, 7]);
    const rows = all.length / features.channels;
    const distance = (means: ArrayLike<number>): number =>
      Math.hypot(
        ...Array.from({ length: features.channels }, (_, c) => {
          const sum = all.reduce((s, x, i) => (i % features.channels === c ? s + x : s), 0);
          return sum / rows - (means[c] ?? Number.NaN);
        }),
      );
    expect(distance(last?.('features.mean') ?? [])).toBeLessThan(
      0.6 * distance(first?.('features.mean') ?? []),
    );
  });

  test('a passes limit, an updates limit and a patience end it', async () => {
    expect((await train(optionsFor({}))).outcome.stopReason).toBe('max-epochs');
    expect((await train(optionsFor({ maxSteps: 3 }))).outcome).toMatchObject({
      stopReason: 'max-steps',
      steps: 3,
    });
    const hopeless = { learningRate: 1, checkpointEvery: 1, stopAfter: 2 };
    expect((await train(optionsFor(hopeless))).outcome.stopReason).toBe('early-stop');
  });

  test('without weights to start from it is refused', async () => {
    await expect(trainCaptioner(optionsFor({}))).rejects.toMatchObject({ code: 'model-input' });
  });
});

describe('resuming', () => {
  test.each(['greedy', 'beam-mean'])(
    'aborted after any update, baseline %s: the weights are the same bit for bit',
    async (baseline) => {
      const options = optionsFor(
        { baseline, entropyWeight: 0.1, bleu4Weight: 1 },
        { model: { dropout: 0.2 } },
      );
      const whole = await train(options);
      for (const abortAt of [2, 5]) {
        const stop = new AbortController();
        const states: TrainingState[] = [];
        await expect(
          trainCaptioner({
            ...options,
            startWeights,
            signal: stop.signal,
            onProgress: ({ step }) => step === abortAt && stop.abort(),
            onAbort: (state) => void states.push(state),
          }),
        ).rejects.toMatchObject({ code: 'cancelled' });
        const resume = decodeTrainingState(encodeTrainingState(states[0]!, 'one'), 'one');
        expect((await train({ ...options, resume })).outcome).toEqual(whole.outcome);
      }
    },
  );

  test('it leaks no tensors', async () => {
    const before = tf.memory().numTensors;
    for (const baseline of ['greedy', 'beam-mean']) await train(optionsFor({ baseline }));
    expect(tf.memory().numTensors).toBe(before);
  });
});
