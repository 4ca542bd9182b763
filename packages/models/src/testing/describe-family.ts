/** What holds for every decoder family; each family's tests call this with its own options. */
import * as tf from '@tensorflow/tfjs-core';
import { DecodeSpec, type ModelSpec, type TrainingSpec } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import type { Captioner } from '../captioner/captioner.js';
import { drawNoise, type Noise } from '../captioner/noise.js';
import { decodeCaptions, type DecodeCaptionsOptions } from '../decoding/decode-captions.js';
import type { Engine } from '../engine.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { layOut } from '../training/caption-batches.js';
import { captionLosses, captionTensors, type CaptionTensors } from '../training/teacher-forcing.js';
import { trainCaptioner, type TrainingCheckpoint } from '../training/train-captioner.js';
import { decodeTrainingState, encodeTrainingState } from '../training/training-state.js';
import { expectGradient, gradientsOf } from './expect-gradient.js';
import { expectRowsClose } from './expect-rows-close.js';
import { startTestEngine } from './test-engine.js';
import { sizesOf, tinySpec, tinyTask, type TinyTask } from './tiny-task.js';

export interface FamilyCase {
  readonly name: string;
  /** Options of the model; small widths are filled in where the family has them. */
  readonly model: Readonly<Record<string, unknown>>;
  /** Its weights know the number of regions; images of other sizes do not fit. */
  readonly hasFixedRegions?: boolean;
}

export interface FamilyTests {
  readonly cases: readonly FamilyCase[];
  /** Learns eight captions by heart: options, updates and learning rate that suffice. */
  readonly overfit: readonly (FamilyCase & {
    readonly steps: number;
    readonly learningRate: number;
  })[];
  /** False where the gradient is not that of the loss, as with REINFORCE; true if absent. */
  readonly hasExactGradient?: boolean;
}

export function describeFamily(family: string, tests: FamilyTests): void {
  const engine: { current: Engine | null } = { current: null };
  const active = (): Engine => {
    if (engine.current === null) throw new Error('The engine has not started.');
    return engine.current;
  };
  beforeAll(async () => {
    engine.current = await startTestEngine();
    registerGradients();
  });

  describe(`${family}: any spec`, () => {
    test.each(tests.cases)('$name: written word by word as along whole captions', ({ model }) => {
      const task = tinyTask(4);
      const { spec, arrays } = largeWeights(task, model);
      const weights = toVariables(arrays);
      const captioner = createCaptioner(spec, weights);
      const batch = layOut(task.captions);
      tf.tidy(() => {
        const { inputs, features, mask } = captionTensors(batch, task.features);
        const images = { features, mask };
        const taught = captioner.teach(images, inputs, null);
        const decoder = captioner.decoder();
        const encoded = decoder.encode(images);
        let state = decoder.begin(encoded, batch.size);
        const logits: tf.Tensor[] = [];
        const alphas: tf.Tensor[] = [];
        for (const words of tf.unstack(inputs)) {
          const next = decoder.step(encoded, state, words);
          state = next.state;
          logits.push(next.logits);
          if (next.alpha !== null) alphas.push(next.alpha());
        }
        // Padding is read too, but nothing real comes after it.
        const isWord = Array.from(batch.targets, (id) => id !== 0);
        expectRowsClose(tf.concat(logits), taught.logits, isWord);
        expect(alphas.length > 0).toBe(taught.alpha !== null);
        if (taught.alpha === null) return;
        const all = taught.alpha();
        const [steps = 0, size = 0, regions = 0] = all.shape;
        expect([steps, size]).toEqual([batch.steps, batch.size]);
        expectRowsClose(tf.concat(alphas), tf.reshape(all, [steps * size, regions]), isWord);
      });
      disposeAll(weights);
    });

    test.each(tests.cases.filter(({ hasFixedRegions }) => hasFixedRegions !== true))(
      '$name: regions that are padding change neither logits nor gradients',
      ({ model }) => {
        const task = tinyTask(4);
        const { spec, arrays, isTrained } = largeWeights(task, model);
        const weights = toVariables(arrays);
        const captioner = createCaptioner(spec, weights);
        const batch = layOut(task.captions);
        const trained = arrays.map(({ name }) => name).filter(isTrained);
        tf.tidy(() => {
          const alone = captionTensors(batch, task.features);
          const filled = { ...alone, ...padded(alone.features) };
          expectSameTeaching(captioner, weights, trained, filled, alone, null);
        });
        disposeAll(weights);
      },
    );

    test.each(tests.cases)(
      '$name: captions that share an image are taught as with a copy of it each',
      ({ model, hasFixedRegions }) => {
        const task = tinyTask(4);
        const { spec, arrays, isTrained } = largeWeights(task, model);
        const weights = toVariables(arrays);
        const captioner = createCaptioner(spec, weights);
        const others = task.captions.map((one) => ({
          ...one,
          tokens: Array.from(one.tokens).toReversed(),
        }));
        const batch = layOut([...others, ...task.captions]);
        const trained = arrays.map(({ name }) => name).filter(isTrained);
        tf.tidy(() => {
          const [own, shared] = [false, true].map((sharing) => {
            const captions = captionTensors(batch, task.features, { sharing });
            return hasFixedRegions ? captions : { ...captions, ...padded(captions.features) };
          });
          if (own === undefined || shared === undefined) throw new Error('There are two.');
          expect(own.features.shape[0]).toBe(batch.size);
          expect(shared.features.shape[0]).toBe(4);
          const regions = own.features.shape[1] ?? 0;
          const noise = drawNoise(captioner.noise, batch, regions, (name) =>
            Rng.from(1).fork(name),
          );
          expectSameTeaching(captioner, weights, trained, shared, own, noise);
        });
        disposeAll(weights);
      },
    );

    test.each(tests.hasExactGradient === false ? [] : tests.cases)(
      '$name: the gradient equals finite differences',
      ({ model }) => {
        const task = tinyTask(4);
        const { spec, arrays, isTrained } = largeWeights(task, model);
        const weights = toVariables(arrays);
        const captioner = createCaptioner(spec, weights);
        const batch = layOut(task.captions);
        const noise = drawNoise(captioner.noise, batch, task.features.regions, (name) =>
          Rng.from(1).fork(name),
        );
        const loss = (): tf.Scalar => {
          const captions = captionTensors(batch, task.features);
          const { losses, extra } = captionLosses(captioner, captions, noise, 0.1);
          const all = tf.sum(losses);
          return tf.reshape(
            extra === null || extra.loss === null ? all : tf.add(all, extra.loss),
            [],
          );
        };
        expectGradient(
          arrays.filter(({ name }) => isTrained(name)),
          weights,
          loss,
        );
        disposeAll(weights);
        tf.dispose(noise);
      },
    );

    test.each(tests.cases)(
      '$name: images decoded together get the captions they get alone',
      async ({ model }) => {
        const before = tf.memory().numTensors;
        const options = decodeOptions(active(), model, 3);
        const together = await decodeCaptions(options);
        for (const caption of together) {
          const [alone] = await decodeCaptions({ ...options, imageIndices: [caption.imageIndex] });
          expect(alone?.tokens).toEqual(caption.tokens);
          expect(alone?.logProb).toBeCloseTo(caption.logProb, 4);
          for (const row of caption.attention ?? []) {
            expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
          }
          if (caption.attention !== null) {
            expect(caption.attention.length).toBe(caption.tokens.length);
          }
        }
        expect(tf.memory().numTensors).toBe(before);
      },
    );

    test.each(tests.cases)(
      '$name: stopped and resumed, the weights are the same bit for bit',
      async ({ model }) => {
        const options = trainOptions(active(), model, {
          batchSize: 4,
          maxEpochs: 10,
          maxSteps: 4,
          checkpointEvery: 2,
        });
        const checkpoints: TrainingCheckpoint[] = [];
        const whole = await trainCaptioner({
          ...options,
          onCheckpoint: (c) => void checkpoints.push(c),
        });
        const half = checkpoints[0];
        if (half === undefined) throw new Error('No checkpoint came.');
        const resume = decodeTrainingState(encodeTrainingState(half.state, 'one'), 'one');
        expect(await trainCaptioner({ ...options, resume })).toEqual(whole);
      },
    );
  });

  describe(`${family}: over-fitting a tiny set`, () => {
    test.each(tests.overfit)(
      '$name learns eight captions by heart',
      async ({ model, steps, learningRate }) => {
        const schedule = { batchSize: 8, maxEpochs: 1000, maxSteps: steps, checkpointEvery: 1000 };
        const options = trainOptions(
          active(),
          { hidden: 24, embed: 12, ...model },
          schedule,
          learningRate,
        );
        let last = Number.NaN;
        const outcome = await trainCaptioner({
          ...options,
          onProgress: ({ loss }) => (last = loss),
        });
        expect(last).toBeLessThan(0.05);
        const decode = decodeOptions(active(), model, 1, options.spec.model);
        const captions = await decodeCaptions({
          ...decode,
          models: decode.models.map((one) => ({ ...one, weights: outcome.weights })),
        });
        expect(captions.map(({ tokens }) => tokens)).toEqual(
          options.train.captions.map(({ tokens }) => tokens),
        );
      },
    );
  });
}

/** Logits and gradients, but for the order of sums. */
function expectSameTeaching(
  captioner: Captioner,
  weights: ReadonlyMap<string, tf.Variable>,
  trained: readonly string[],
  changed: CaptionTensors,
  kept: CaptionTensors,
  noise: Noise | null,
): void {
  const [logits, wanted] = [changed, kept].map(
    ({ inputs, targets: _targets, ...images }) => captioner.teach(images, inputs, noise).logits,
  );
  if (logits === undefined || wanted === undefined) throw new Error('There are two.');
  expectRowsClose(
    logits,
    wanted,
    Array.from({ length: wanted.shape[0] ?? 0 }, () => true),
  );
  const [gradients, expected] = [changed, kept].map((captions) => {
    const loss = () => tf.sum<tf.Scalar>(captionLosses(captioner, captions, noise, 0).losses);
    return gradientsOf(loss, trained, weights);
  });
  for (const name of trained) {
    const ofKept = expected?.get(name) ?? new Float32Array();
    const got = gradients?.get(name) ?? new Float32Array();
    expect(got.length, name).toBe(ofKept.length);
    const scale = Math.max(1, ...ofKept.map(Math.abs));
    // Float32 sums of a few dozen terms, in another order.
    for (const [i, x] of got.entries()) {
      expect(x / scale, `${name}[${i}]`).toBeCloseTo((ofKept[i] ?? Number.NaN) / scale, 4);
    }
  }
}

function trainOptions(
  engine: Engine,
  model: FamilyCase['model'],
  schedule: Partial<TrainingSpec['schedule']>,
  learningRate = 0.01,
) {
  const { captions, features, vocabularySize } = tinyTask(8);
  const spec = tinySpec({ model, schedule, optimizer: { learningRate } });
  return { engine, spec, vocabularySize, train: { captions }, val: { captions }, features };
}

function decodeOptions(
  engine: Engine,
  model: FamilyCase['model'],
  beam: number,
  spec: ModelSpec = tinySpec({ model }).model,
): DecodeCaptionsOptions {
  const task = tinyTask(8);
  return {
    engine,
    models: [
      { weights: largeWeights(task, model).arrays, spec, trainedWords: sizesOf(task).maxWords },
    ],
    vocabularySize: task.vocabularySize,
    decode: DecodeSpec.parse({ beam, norm: 'sum', maxWords: 6, attention: true }),
    features: task.features,
    imageIndices: task.captions.map(({ imageIndex }) => imageIndex),
  };
}

/** Larger weights than at the start of a training: small ones hide errors behind linearity. */
function largeWeights(task: TinyTask, model: FamilyCase['model']) {
  const spec = tinySpec({ model }).model;
  const plans = captionerParameters(spec, sizesOf(task));
  const averages = new Set(plans.filter((p) => p.isTrained === false).map(({ name }) => name));
  const isTrained = (name: string): boolean => !averages.has(name);
  const arrays = initialiseParameters(plans, Rng.from(3)).map((array) =>
    isTrained(array.name)
      ? { ...array, values: array.values.map((x, i) => x + 0.2 * Math.sin(i + 1)) }
      : array,
  );
  return { spec, arrays, isTrained };
}

/** Two regions more, of zeros, that are none. */
function padded(features: tf.Tensor): { features: tf.Tensor; mask: tf.Tensor } {
  const [images = 0, regions = 0, channels = 0] = features.shape;
  return {
    features: tf.concat([features, tf.zeros([images, 2, channels])], 1),
    mask: tf.concat([tf.ones([images, regions], 'bool'), tf.zeros([images, 2], 'bool')], 1),
  };
}
