import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { engineRecord, type Engine } from '../engine.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask, type SpecChanges } from '../testing/tiny-task.js';
import {
  trainCaptioner,
  type TrainCaptionerOptions,
  type TrainingCheckpoint,
  type TrainingStep,
} from './train-captioner.js';
import { decodeTrainingState, encodeTrainingState, type TrainingState } from './training-state.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

function optionsFor(changes: SpecChanges, images = 10): TrainCaptionerOptions {
  const task = tinyTask(images);
  return {
    engine,
    spec: tinySpec(changes),
    vocabularySize: task.vocabularySize,
    train: { captions: task.captions },
    val: { captions: task.captions },
    features: task.features,
  };
}

describe('resuming', () => {
  test('six updates, a checkpoint through its file form and six more equal twelve updates', async () => {
    const changes: SpecChanges = {
      model: { dropout: 0.3, weightNorm: true },
      schedule: { maxEpochs: 10, maxSteps: 12, checkpointEvery: 6 },
    };
    const checkpoints: TrainingCheckpoint[] = [];
    const whole = await trainCaptioner({
      ...optionsFor(changes),
      onCheckpoint: (c) => void checkpoints.push(c),
    });
    expect(checkpoints.map((c) => c.state.step)).toEqual([6, 12]);
    const half = encodeTrainingState(checkpoints[0]!.state, 'one');
    const resumed: TrainingCheckpoint[] = [];
    const rest = await trainCaptioner({
      ...optionsFor(changes),
      resume: decodeTrainingState(half, 'one'),
      onCheckpoint: (c) => void resumed.push(c),
    });
    expect(resumed.map((c) => c.state.step)).toEqual([12]);
    expect(encodeTrainingState(resumed[0]!.state, 'one')).toEqual(
      encodeTrainingState(checkpoints[1]!.state, 'one'),
    );
    expect(rest).toEqual(whole);
  });

  // Three batches per epoch: the third update ends one, the fourth is followed by a validation, the
  // seventh is in the middle of an epoch.
  test.each([3, 4, 7])('aborted after update %i it loses nothing', async (abortAt) => {
    const changes: SpecChanges = {
      model: { dropout: 0.3 },
      schedule: { batchSize: 4, maxEpochs: 10, maxSteps: 10, checkpointEvery: 4 },
    };
    const whole = await trainCaptioner(optionsFor(changes));
    const stop = new AbortController();
    const states: TrainingState[] = [];
    await expect(
      trainCaptioner({
        ...optionsFor(changes),
        signal: stop.signal,
        onProgress: ({ step }) => step === abortAt && stop.abort(),
        onAbort: (state) => void states.push(state),
      }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(states.map(({ step }) => step)).toEqual([abortAt]);

    const validated: number[] = [];
    const rest = await trainCaptioner({
      ...optionsFor(changes),
      resume: decodeTrainingState(encodeTrainingState(states[0]!, 'one'), 'one'),
      onCheckpoint: ({ state }) => void validated.push(state.step),
    });
    expect(rest).toEqual(whole);
    expect(validated).toEqual([4, 8, 10].filter((step) => step >= abortAt));
  });

  test('it says which engines computed it, each once, the last one last', async () => {
    const changes: SpecChanges = { schedule: { maxSteps: 6, checkpointEvery: 2 } };
    const states: TrainingState[] = [];
    const onCheckpoint = ({ state }: TrainingCheckpoint) => void states.push(state);
    const one = await trainCaptioner({ ...optionsFor(changes), onCheckpoint });
    expect(one.engines).toEqual([engineRecord(engine)]);

    const other: Engine = { ...engine, threads: 7 };
    const on = { ...optionsFor(changes), engine: other, onCheckpoint };
    expect((await trainCaptioner({ ...on, resume: states[0]! })).engines).toEqual([
      engineRecord(engine),
      engineRecord(other),
    ]);
    // After its last update there is nothing left to compute.
    const done = { ...on, resume: states[2]! };
    expect((await trainCaptioner(done)).engines).toEqual([engineRecord(engine)]);
    const back = { ...optionsFor(changes), resume: states.at(-2)! };
    expect((await trainCaptioner(back)).engines).toEqual([
      engineRecord(other),
      engineRecord(engine),
    ]);
  });

  test('aborted right after a checkpoint it has nothing to add to it', async () => {
    const stop = new AbortController();
    const states: TrainingState[] = [];
    await expect(
      trainCaptioner({
        ...optionsFor({ schedule: { maxSteps: 8, checkpointEvery: 4 } }),
        signal: stop.signal,
        onCheckpoint: () => stop.abort(),
        onAbort: (state) => void states.push(state),
      }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(states).toEqual([]);
  });

  test('a training that had stopped early ends again with the same result', async () => {
    const task = tinyTask(10);
    const options = {
      ...optionsFor({ schedule: { maxEpochs: 50, checkpointEvery: 2, stopAfter: 2 } }),
      val: { captions: task.captions.map((c) => ({ ...c, tokens: [7] })) },
    };
    const states: TrainingState[] = [];
    const whole = await trainCaptioner({
      ...options,
      onCheckpoint: ({ state }) => void states.push(state),
    });
    expect(whole.stopReason).toBe('early-stop');
    expect(await trainCaptioner({ ...options, resume: states.at(-1)! })).toEqual(whole);
  });

  test('a training whose last validation stalls ends again for the reason it had', async () => {
    const task = tinyTask(10);
    const options = {
      ...optionsFor({
        optimizer: { learningRate: 0.05 },
        schedule: { maxEpochs: 50, maxSteps: 5, checkpointEvery: 2, stopAfter: 2 },
      }),
      train: { captions: task.captions.map((c) => ({ ...c, tokens: [4, 4, 4] })) },
      val: { captions: task.captions.map((c) => ({ ...c, tokens: [7] })) },
    };
    const states: TrainingState[] = [];
    const whole = await trainCaptioner({
      ...options,
      onCheckpoint: ({ state }) => void states.push(state),
    });
    expect(whole.stopReason).toBe('max-steps');
    expect(states.at(-1)?.plateau.sinceBest).toBe(2);
    expect(await trainCaptioner({ ...options, resume: states.at(-1)! })).toEqual(whole);
  });

  test('a training that had ended ends again at once', async () => {
    const changes: SpecChanges = { schedule: { maxSteps: 4, checkpointEvery: 4 } };
    const states: TrainingCheckpoint[] = [];
    const whole = await trainCaptioner({
      ...optionsFor(changes),
      onCheckpoint: (c) => void states.push(c),
    });
    const steps: TrainingStep[] = [];
    const again = await trainCaptioner({
      ...optionsFor(changes),
      resume: states[0]!.state,
      onProgress: (s) => steps.push(s),
    });
    expect(steps).toEqual([]);
    expect(again).toEqual(whole);
  });

  test('a state of another model is refused', async () => {
    const states: TrainingCheckpoint[] = [];
    await trainCaptioner({
      ...optionsFor({ schedule: { maxSteps: 1 } }),
      onCheckpoint: (c) => void states.push(c),
    });
    await expect(
      trainCaptioner({
        ...optionsFor({ model: { hidden: 16 } }),
        resume: states[0]!.state,
      }),
    ).rejects.toMatchObject({ code: 'checkpoint' });
  });
});

describe('training', () => {
  test('the same spec and seed give the same weights, another seed others', async () => {
    const changes: SpecChanges = { model: { dropout: 0.2 }, schedule: { maxSteps: 3 } };
    const first = await trainCaptioner(optionsFor(changes));
    const second = await trainCaptioner(optionsFor(changes));
    const other = await trainCaptioner(optionsFor({ ...changes, seed: 2 }));
    expect(second.weights).toEqual(first.weights);
    expect(other.weights).not.toEqual(first.weights);
  });

  test('its parameters are what is learned: no moving averages, no frozen vectors', async () => {
    const train = (model: Record<string, unknown>) => {
      const rows = Array.from({ length: 8 }, () => new Float32Array(8));
      return trainCaptioner({
        ...optionsFor({ model, schedule: { maxSteps: 1 } }),
        parts: { encoder: null, vectors: { width: 8, rows } },
      });
    };
    const vectors = (trainFrom: number | null) => ({ vectors: { name: 'zeros', trainFrom } });
    const { parameters, weights } = await train(vectors(0));
    expect(parameters).toBe(weights.reduce((total, { values }) => total + values.length, 0));
    // Vectors that wait are learned, those of 8 words by 8 that are frozen are not.
    expect((await train(vectors(99))).parameters).toBe(parameters);
    expect((await train(vectors(null))).parameters).toBe(parameters - 64);
    // Gain and bias of four channels, beside their means and variances.
    const normalised = await train({ ...vectors(0), featureNorm: 'batchnorm' });
    expect(normalised.parameters).toBe(parameters + 8);
  });

  test('memory stays constant from step to step', async () => {
    const counts: number[] = [];
    const before = tf.memory().numTensors;
    await trainCaptioner({
      ...optionsFor({ model: { dropout: 0.1 }, schedule: { maxSteps: 6, checkpointEvery: 2 } }),
      onProgress: () => counts.push(tf.memory().numTensors),
    });
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the learning rate falls and training stops early when validation does not improve', async () => {
    const rates: number[] = [];
    const task = tinyTask(10);
    // The training captions all say the same word; validation only gets worse.
    const same = task.captions.map((c) => ({ ...c, tokens: [4, 4, 4] }));
    const other = task.captions.map((c) => ({ ...c, tokens: [7] }));
    const outcome = await trainCaptioner({
      ...optionsFor({
        optimizer: { learningRate: 0.05 },
        schedule: {
          maxEpochs: 50,
          checkpointEvery: 2,
          stopAfter: 4,
          plateau: { factor: 0.5, patience: 2 },
        },
      }),
      train: { captions: same },
      val: { captions: other },
      onProgress: (s) => rates.push(s.learningRate),
    });
    expect(outcome.stopReason).toBe('early-stop');
    expect(outcome.steps - outcome.bestStep).toBe(8);
    expect(new Set(rates)).toEqual(new Set([0.05, 0.025]));
  });

  test('a loss that is not finite ends the training with the step in the error', async () => {
    const options = optionsFor({ schedule: { maxSteps: 3 } });
    const broken = {
      ...options.features,
      batch: (indices: readonly number[]) => options.features.batch(indices).fill(Number.NaN),
    };
    await expect(trainCaptioner({ ...options, features: broken })).rejects.toMatchObject({
      code: 'loss-not-finite',
      step: 1,
    });
  });

  test('a perplexity too large for a number ends the training as well', async () => {
    const options = optionsFor({
      optimizer: { learningRate: 1e4, clip: { kind: 'none', value: 1 } },
      schedule: { maxEpochs: 2, checkpointEvery: 1 },
    });
    const other = options.train.captions.map((c) => ({ ...c, tokens: [4, 4, 4, 4] }));
    await expect(trainCaptioner({ ...options, val: { captions: other } })).rejects.toMatchObject({
      code: 'loss-not-finite',
      message: expect.stringMatching(
        /^The perplexity became Infinity in the validation .* or clip gradients by norm\.$/,
      ),
      step: 1,
    });
  });

  test('a cancelled training stops at the next step and frees its memory', async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const steps: number[] = [];
    await expect(
      trainCaptioner({
        ...optionsFor({ schedule: { maxEpochs: 100 } }),
        signal: controller.signal,
        onProgress: ({ step }) => {
          steps.push(step);
          if (step === 2) controller.abort();
        },
      }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(steps).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('another active backend than the engine is refused', async () => {
    await expect(
      trainCaptioner({ ...optionsFor({}), engine: { ...engine, backend: 'gpu' } }),
    ).rejects.toMatchObject({ code: 'engine-mismatch' });
  });

  test('an id outside the vocabulary is named', async () => {
    await expect(
      trainCaptioner({
        ...optionsFor({}),
        train: { captions: [{ imageIndex: 0, tokens: [4, 99] }] },
      }),
    ).rejects.toThrow('train caption 0 has the id 99 at word 1');
  });

  test.each(['none', 'element', 'norm'] as const)(
    'clip %s: the first update moves the weights by the clipped gradient',
    async (kind) => {
      const value = 0.01;
      const steps: TrainingStep[] = [];
      const states: TrainingState[] = [];
      await trainCaptioner({
        ...optionsFor({ optimizer: { clip: { kind, value } }, schedule: { maxSteps: 1 } }),
        onProgress: (step) => steps.push(step),
        onCheckpoint: ({ state }) => void states.push(state),
      });
      // After one update m = (1 - beta1) g, so m tells the gradient that was used.
      const used = states[0]!.moments.first.flatMap(({ values }) => [...values]);
      const largest = Math.max(...used.map(Math.abs)) / 0.1;
      const norm = Math.hypot(...used) / 0.1;
      const { gradientNorm } = steps[0]!;
      expect(gradientNorm).toBeGreaterThan(10 * value);
      if (kind === 'none') expect(norm).toBeCloseTo(gradientNorm, 5);
      if (kind === 'norm') expect(norm).toBeCloseTo(value, 6);
      if (kind === 'element') expect(largest).toBeCloseTo(value, 7);
    },
  );
});
