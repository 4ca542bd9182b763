import * as tf from '@tensorflow/tfjs-core';
import { DecodeSpec } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeCaptions } from '../decoding/decode-captions.js';
import type { Engine } from '../engine.js';
import { disposeAll, initialiseParameters, toVariables, type NamedArray } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { layOut } from '../training/caption-batches.js';
import { captionLosses, captionTensors } from '../training/teacher-forcing.js';
import { trainCaptioner, type TrainingCheckpoint } from '../training/train-captioner.js';
import {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from '../training/training-state.js';
import { captionerParameters, createCaptioner, type ModelParts } from './create-captioner.js';
import type { WordVectors } from './word-vectors.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
  registerGradients();
});

const TASK = tinyTask(8);
/** As wide as the embedding of `tinySpec`, and narrower. */
const [SAME, NARROW] = [8, 3];

/** Every word has a vector but the first two, which are special. */
function vectorsOf(width: number, words = TASK.vocabularySize): WordVectors {
  const rng = Rng.from(11);
  const row = (): Float32Array => Float32Array.from({ length: width }, () => rng.uniform() - 0.5);
  return { width, rows: Array.from({ length: words }, (_, id) => (id < 2 ? null : row())) };
}

function partsOf(width: number): ModelParts {
  return { encoder: null, vectors: vectorsOf(width) };
}

function namedIn(arrays: readonly NamedArray[], name: string): NamedArray {
  const array = arrays.find((one) => one.name === name);
  if (array === undefined) throw new Error(`There is no ${name}.`);
  return array;
}

function startOf(model: object, width: number): NamedArray[] {
  const plans = captionerParameters(
    tinySpec({ model: { ...model } }).model,
    sizesOf(TASK),
    partsOf(width),
  );
  return initialiseParameters(plans, Rng.from(3));
}

describe('the start', () => {
  test('the embedding is the vectors where it is as wide, and the others are drawn', () => {
    const { values, shape } = namedIn(startOf({}, SAME), 'embedding');
    expect(shape).toEqual([TASK.vocabularySize, SAME]);
    const { rows } = vectorsOf(SAME);
    for (const [id, row] of rows.entries()) {
      const own = values.slice(id * SAME, (id + 1) * SAME);
      if (row === null) expect(new Set(own).size).toBe(SAME);
      else expect(own).toEqual(row);
    }
  });

  test('what has no vector is drawn with the variance of those that there are', () => {
    const width = 4000;
    const rows = [null, Float32Array.from({ length: width }, (_, i) => (i % 2 === 0 ? 3 : -3))];
    const vectors = { width, rows };
    const sizes = { ...sizesOf(TASK), vocabulary: 2 };
    const plans = captionerParameters(tinySpec().model, sizes, { encoder: null, vectors });
    const plan = plans.find(({ name }) => name === 'embedding.vectors');
    const drawn = plan?.start(Rng.from(1), 2 * width).subarray(0, width) ?? new Float32Array();
    const meanSquare = drawn.reduce((sum, x) => sum + x * x, 0) / width;
    // Its standard error is 9 sqrt(0.8 / 4000) = 0.13.
    expect(Math.abs(meanSquare - 9)).toBeLessThan(0.6);
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(3 * Math.sqrt(3));
  });

  test('vectors of another width come with a projection, which follows model.init', () => {
    const arrays = startOf({ init: 'uniform' }, NARROW);
    expect(namedIn(arrays, 'embedding.vectors').shape).toEqual([TASK.vocabularySize, NARROW]);
    const { shape, values } = namedIn(arrays, 'embedding.projection');
    expect(shape).toEqual([NARROW, 8]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.08);
    expect(arrays.map(({ name }) => name)).not.toContain('embedding');
  });

  test('vectors of another vocabulary are refused', () => {
    const parts = { encoder: null, vectors: vectorsOf(SAME, 5) };
    expect(() => captionerParameters(tinySpec().model, sizesOf(TASK), parts)).toThrow(
      'There are word vectors for 5 words, the vocabulary has 8.',
    );
  });
});

describe('projected vectors are an embedding E = vectors P', () => {
  test.each([{}, { tieEmbedding: true }, { decoder: 'sat', layers: 1, heads: 2, feedForward: 8 }])(
    'with the logits and gradients of such an embedding: %j',
    (model) => {
      const spec = tinySpec({ model: { ...model } }).model;
      const projected = startOf(model, NARROW);
      const [vectors, projection] = ['embedding.vectors', 'embedding.projection'].map((name) => {
        const { values, shape } = namedIn(projected, name);
        return tf.tensor2d(values, [shape[0] ?? 0, shape[1] ?? 0]);
      });
      if (vectors === undefined || projection === undefined) throw new Error('There are two.');
      const product = tf.matMul(vectors, projection);
      const plain = [
        ...projected.filter(({ name }) => !name.startsWith('embedding.')),
        { name: 'embedding', shape: product.shape, values: product.dataSync<'float32'>() },
      ];
      const run = (arrays: readonly NamedArray[]) => {
        const weights = toVariables(arrays);
        const batch = layOut(TASK.captions);
        const { value, grads } = tf.variableGrads(() => {
          const captions = captionTensors(batch, TASK.features);
          return tf.sum(captionLosses(createCaptioner(spec, weights), captions, {}, 0).losses);
        }, [...weights.values()]);
        const gradient = (name: string): tf.Tensor => {
          const found = grads[weights.get(name)?.name ?? ''];
          if (found === undefined) throw new Error(`${name} has no gradient.`);
          return found;
        };
        const loss = value.dataSync()[0] ?? Number.NaN;
        disposeAll(weights);
        return { loss, gradient };
      };
      const [own, other] = [run(projected), run(plain)];
      expect(own.loss).toBeCloseTo(other.loss, 4);
      const atE = other.gradient('embedding');
      expectClose(own.gradient('embedding.vectors'), tf.matMul(atE, projection, false, true));
      expectClose(own.gradient('embedding.projection'), tf.matMul(vectors, atE, true, false));
    },
  );
});

describe('training', () => {
  const optionsOf = (width: number, trainFrom: number | null, model: object = {}) => ({
    engine,
    spec: tinySpec({
      model: { ...model, vectors: { name: 'glove', trainFrom } },
      schedule: { maxSteps: 4, maxEpochs: 10, checkpointEvery: 2 },
    }),
    vocabularySize: TASK.vocabularySize,
    train: { captions: TASK.captions },
    val: { captions: TASK.captions },
    features: TASK.features,
    parts: partsOf(width),
  });
  /** After each checkpoint: the rows of words that came with a vector. */
  const rowsAfter = async (
    width: number,
    trainFrom: number | null,
  ): Promise<Map<number, Float32Array>> => {
    const name = width === SAME ? 'embedding' : 'embedding.vectors';
    const found = new Map<number, Float32Array>();
    await trainCaptioner({
      ...optionsOf(width, trainFrom),
      onCheckpoint: ({ state }) => {
        found.set(state.step, namedIn(state.weights, name).values.slice(2 * width));
      },
    });
    return found;
  };
  const given = (width: number): Float32Array =>
    Float32Array.from(vectorsOf(width).rows.flatMap((row) => [...(row ?? [])]));

  test.each([SAME, NARROW])('frozen vectors of width %i stay bit for bit', async (width) => {
    const after = await rowsAfter(width, null);
    expect(after.get(2)).toEqual(given(width));
    expect(after.get(4)).toEqual(given(width));
  });

  test.each([SAME, NARROW])('vectors of width %i move after n updates', async (width) => {
    const after = await rowsAfter(width, 2);
    expect(after.get(2)).toEqual(given(width));
    expect(after.get(4)).not.toEqual(given(width));
    const third = await rowsAfter(width, 3);
    expect(third.get(4)).not.toEqual(given(width));
    const never = await rowsAfter(width, 4);
    expect(never.get(4)).toEqual(given(width));
  });

  test('vectors move from the first update by default', async () => {
    expect((await rowsAfter(SAME, 0)).get(2)).not.toEqual(given(SAME));
  });

  test('frozen vectors have no moments; vectors that wait have some, which do not move', async () => {
    for (const trainFrom of [null, 4]) {
      const { states } = await clippedByNorm(trainFrom);
      const moments = states.at(-1)?.moments;
      const found = [...(moments?.first ?? []), ...(moments?.second ?? [])].filter(
        ({ name }) => name === 'embedding',
      );
      expect(found).toHaveLength(trainFrom === null ? 0 : 2);
      for (const { values } of found) expect(values).toEqual(new Float32Array(values.length));
    }
  });

  test('vectors that stay or wait change nothing in what the others learn, clipped by the norm of all', async () => {
    const [frozen, waiting, moving] = [
      await clippedByNorm(null),
      await clippedByNorm(4),
      await clippedByNorm(0),
    ];
    expect(frozen.norms).toEqual(waiting.norms);
    expect(frozen.norms[0]).toBeLessThan(moving.norms[0] ?? 0);
    const weightsOf = ({ states }: { states: TrainingState[] }) => states.at(-1)?.weights;
    expect(weightsOf(frozen)).toEqual(weightsOf(waiting));
    expect(weightsOf(frozen)).not.toEqual(weightsOf(moving));
  });

  /** Gradient norms and states of four updates. */
  async function clippedByNorm(trainFrom: number | null) {
    const norms: number[] = [];
    const states: TrainingState[] = [];
    const options = optionsOf(SAME, trainFrom);
    const clip = { kind: 'norm', value: 0.05 } as const;
    await trainCaptioner({
      ...options,
      spec: { ...options.spec, optimizer: { ...options.spec.optimizer, clip } },
      onProgress: ({ gradientNorm }) => norms.push(gradientNorm),
      onCheckpoint: ({ state }) => void states.push(state),
    });
    return { norms, states };
  }

  test('the projection of frozen vectors is trained', async () => {
    const { weights } = await trainCaptioner(optionsOf(NARROW, null));
    const { values } = namedIn(weights, 'embedding.projection');
    const [start] = initialiseParameters(
      captionerParameters(tinySpec().model, sizesOf(TASK), partsOf(NARROW)).filter(
        ({ name }) => name === 'embedding.projection',
      ),
      Rng.from(1).fork('weights'),
    );
    expect(values).toHaveLength(start?.values.length ?? 0);
    expect(values).not.toEqual(start?.values);
  });

  test.each([{}, { tieEmbedding: true, weightNorm: 'all' }])(
    'stopped and resumed it is the same bit for bit, and its weights write captions: %j',
    async (model) => {
      const options = optionsOf(NARROW, 1, model);
      const checkpoints: TrainingCheckpoint[] = [];
      const whole = await trainCaptioner({
        ...options,
        onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
      });
      const [half] = checkpoints;
      if (half === undefined) throw new Error('No checkpoint came.');
      const resume = decodeTrainingState(encodeTrainingState(half.state, 'one'), 'one');
      expect(await trainCaptioner({ ...options, resume })).toEqual(whole);

      const before = tf.memory().numTensors;
      const { spec, vocabularySize, features } = options;
      const captions = await decodeCaptions({
        engine,
        models: [{ weights: whole.weights, spec: spec.model, trainedWords: spec.data.maxWords }],
        vocabularySize,
        decode: DecodeSpec.parse({ beam: 2, maxWords: 4 }),
        features,
        imageIndices: [0, 1],
      });
      expect(captions).toHaveLength(2);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

function expectClose(a: tf.Tensor, b: tf.Tensor): void {
  expect(a.shape).toEqual(b.shape);
  const expected = b.dataSync();
  for (const [i, value] of a.dataSync().entries()) {
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 3);
  }
}
