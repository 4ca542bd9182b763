import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import type { Noise } from '../captioner/noise.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { SPECIAL_COUNT } from '../special-ids.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { layOut } from '../training/caption-batches.js';
import { captionLosses, captionTensors, type CaptionLosses } from '../training/teacher-forcing.js';
import { BASELINE } from './reinforce.js';

const REGIONS = 3;
/** A caption of one word and its end mark. */
const STEPS = 2;
const SEQUENCES = Array.from({ length: REGIONS ** STEPS }, (_, i) => [
  Math.floor(i / REGIONS),
  i % REGIONS,
]);
/** Of central differences: in float32 they are right to about 1e-4 of gradients up to 1. */
const STEP = 1e-2;
const TOLERANCE = 1e-3;

beforeAll(async () => {
  await startTestEngine();
  registerGradients();
});

/** `query`: a weight of the scores. */
describe.each([
  {
    name: 'Show, Attend and Tell',
    model: { decoder: 'show-attend-tell', attentionHidden: 8, doublyStochastic: { weight: 0 } },
    query: 'attention.query',
  },
  {
    name: 'the output sum of a tanh RNN',
    model: { decoder: 'tanh-rnn', attention: { kind: 'dot' } },
    query: 'rnn.recurrent',
  },
])('REINFORCE in $name', ({ model: family, query: queryName }) => {
  test.each([0, 3])(
    'the mean gradient over all locations is that of the mean cost, whatever the baseline: %s',
    (baseline) => {
      const model = new TinyModel(family, {
        sampledShare: 1,
        rewardWeight: 1,
        entropyWeight: 0,
        cost: 'sum',
      });
      model.assign(BASELINE, [baseline]);
      const gradients = model.meanGradients();
      for (const [name, gradient] of gradients) {
        const steepest = gradient.reduce(
          (best, x, i) => (Math.abs(x) > Math.abs(gradient[best] ?? 0) ? i : best),
          0,
        );
        const values = model.values(name);
        const costAt = (change: number): number => {
          model.assign(
            name,
            values.map((x, i) => (i === steepest ? x + change : x)),
          );
          return model.meanCost();
        };
        const expected = (costAt(STEP) - costAt(-STEP)) / (2 * STEP);
        model.assign(name, values);
        expect(Math.abs((gradient[steepest] ?? 0) - expected), name).toBeLessThan(TOLERANCE);
      }
      const query = gradients.get(queryName) ?? new Float32Array();
      // The test would say little if the locations did not matter.
      expect(Math.max(...query.map(Math.abs))).toBeGreaterThan(10 * TOLERANCE);
      model.dispose();
    },
  );

  test('half of the gradient of the locations is that of half the reward weight', () => {
    const gradientOf = (rewardWeight: number): number => {
      const model = new TinyModel(family, { sampledShare: 1, rewardWeight, entropyWeight: 0 });
      const value = model.meanGradients().get(queryName)?.[0] ?? Number.NaN;
      model.dispose();
      return value;
    };
    const [none, half, all] = [gradientOf(0), gradientOf(0.5), gradientOf(1)];
    expect(all - none).toBeCloseTo(2 * (half - none), 5);
    expect(Math.abs(all - none)).toBeGreaterThan(1e-4);
  });

  test.each([
    { cost: 'sum', perCaption: 1 },
    { cost: 'mean', perCaption: 1 / STEPS },
  ])('the baseline follows the $cost of the losses', ({ cost, perCaption }) => {
    const model = new TinyModel(family, { cost, baselineDecay: 0.75 });
    model.assign(BASELINE, [2]);
    tf.tidy(() => {
      const { losses, extra } = model.losses([[0.5, 0.5]]);
      const total = tf.sum(losses).dataSync()[0] ?? Number.NaN;
      const next = extra?.updates.get(BASELINE)?.dataSync()[0];
      expect(next).toBeCloseTo(0.75 * 2 + 0.25 * total * perCaption, 5);
    });
    model.dispose();
  });
});

/** One image, one caption, hard attention whose draws the test chooses. */
class TinyModel {
  private readonly task = tinyTask(1, REGIONS);
  private readonly weights;
  private readonly captioner;

  constructor(family: object, hard: object) {
    const spec = tinySpec({
      model: {
        ...family,
        locations: 'hard',
        dropout: 0,
        hard,
      },
    }).model;
    const arrays = initialiseParameters(captionerParameters(spec, sizesOf(this.task)), Rng.from(3));
    const larger = arrays.map(({ name, shape, values }) => ({
      name,
      shape,
      values: values.map((x, i) => x + 0.3 * Math.sin(i + 1)),
    }));
    this.weights = toVariables(larger);
    this.captioner = createCaptioner(spec, this.weights);
  }

  /** Of the same caption once for each row of `draws`, the uniform numbers of its steps. */
  losses(draws: readonly (readonly number[])[]): CaptionLosses {
    const batch = layOut(draws.map(() => ({ imageIndex: 0, tokens: [SPECIAL_COUNT + 1] })));
    expect(batch.steps).toBe(STEPS);
    const location = tf.transpose(tf.tensor2d(draws.map((row) => [...row])));
    const noise: Noise = { coin: tf.tensor1d([0]), location };
    return captionLosses(this.captioner, captionTensors(batch, this.task.features), noise, 0);
  }

  meanCost(): number {
    const { draws, probabilities } = this.drawsFor(SEQUENCES);
    return tf.tidy(() => {
      const costs = tf.sum(this.losses(draws).losses, 0);
      return tf.sum(tf.mul(costs, probabilities)).dataSync()[0] ?? Number.NaN;
    });
  }

  meanGradients(): Map<string, Float32Array> {
    const trained = [...this.weights].filter(([name]) => name !== BASELINE);
    const means = new Map(trained.map(([name, { size }]) => [name, new Float32Array(size)]));
    const { draws, probabilities } = this.drawsFor(SEQUENCES);
    for (const [row, probability] of probabilities.entries()) {
      tf.tidy(() => {
        const { grads } = tf.variableGrads(
          () => {
            const { losses, extra } = this.losses(draws.slice(row, row + 1));
            return tf.add(tf.sum(losses), extra?.loss ?? 0);
          },
          trained.map(([, variable]) => variable),
        );
        for (const [name, variable] of trained) {
          const gradient = grads[variable.name]?.dataSync() ?? new Float32Array();
          const mean = means.get(name) ?? new Float32Array();
          for (const [i, x] of gradient.entries()) mean[i] = (mean[i] ?? 0) + probability * x;
        }
      });
    }
    return means;
  }

  values(name: string): Float32Array {
    return Float32Array.from(this.weights.get(name)?.dataSync() ?? []);
  }

  assign(name: string, values: ArrayLike<number>): void {
    const variable = this.weights.get(name);
    tf.tidy(() => variable?.assign(tf.tensor(Float32Array.from(values), variable.shape)));
  }

  dispose(): void {
    disposeAll(this.weights);
  }

  /** Numbers that draw these locations: the middle of each one's share, given those before. */
  private drawsFor(sequences: readonly (readonly number[])[]): {
    draws: number[][];
    probabilities: number[];
  } {
    const draws = sequences.map((locations) => locations.map(() => 0.5));
    const probabilities = sequences.map(() => 1);
    for (let t = 0; t < STEPS; t += 1) {
      const shares = this.sharesAt(t, draws);
      for (const [row, locations] of sequences.entries()) {
        const location = locations[t] ?? 0;
        const own = shares[row] ?? [];
        const share = own[location] ?? Number.NaN;
        const before = own.slice(0, location).reduce((a, b) => a + b, 0);
        draws[row]?.splice(t, 1, before + share / 2);
        probabilities[row] = (probabilities[row] ?? 1) * share;
      }
    }
    return { draws, probabilities };
  }

  /** alpha at one step, [rows, regions]. */
  private sharesAt(t: number, draws: readonly (readonly number[])[]): number[][] {
    return tf.tidy(() => {
      const alpha = this.losses(draws).alpha?.();
      if (alpha === undefined) throw new TypeError('The family has no attention.');
      return tf.unstack(alpha)[t]?.arraySync() as number[][];
    });
  }
}
