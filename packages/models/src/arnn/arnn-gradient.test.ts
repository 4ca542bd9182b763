import * as tf from '@tensorflow/tfjs-core';
import type { ModelSpec } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import { layOut } from '../training/caption-batches.js';
import { arnnParameters } from './arnn-parameters.js';
import { Arnn } from './arnn.js';
import { captionTensors, sumNegativeLogLikelihood } from './teacher-forcing.js';

/**
 * Central difference in float32: the loss (around 20) is known to about 2e-6, so a step of 1e-2
 * gives a derivative to 2e-6 / 2e-2 = 1e-4; the truncation error step²/6 f''' is of the same order.
 */
const STEP = 1e-2;
/** Absolute part: ten times the error above. Relative part: truncation on steep directions. */
const ABSOLUTE = 1e-3;
const RELATIVE = 1e-2;
/** Elements tried per parameter; the largest gradients, where an error is visible. */
const TRIED = 4;

const kinds: ModelSpec['attention']['kind'][] = ['none', 'dot', 'multihead', 'mlp'];
const cases: { name: string; model: Partial<ModelSpec>; smoothing?: number }[] = [
  ...kinds.flatMap((kind) =>
    [false, true].map((weightNorm) => ({
      name: `${kind}, weight norm ${weightNorm ? 'on' : 'off'}`,
      model: { attention: { kind, heads: 2, isScaled: false }, weightNorm },
    })),
  ),
  {
    name: 'scaled dot, paper global, label smoothing',
    model: { attention: { kind: 'dot', heads: 2, isScaled: true }, global: 'paper' },
    smoothing: 0.1,
  },
  { name: 'no global, no concatenation', model: { global: 'none', concatGlobal: false } },
];

beforeAll(async () => {
  await startTestEngine();
  registerGradients();
});

describe('gradient of the whole decoder equals finite differences', () => {
  test.each(cases)('$name', ({ model: changes, smoothing = 0 }) => {
    const { captions, features, vocabularySize } = tinyTask(4);
    const spec = tinySpec({ model: changes }).model;
    const plans = arnnParameters(spec, {
      vocabulary: vocabularySize,
      channels: features.channels,
    });
    // Larger weights than at the start of a training: small ones hide errors behind linearity.
    const arrays = initialiseParameters(plans, Rng.from(3)).map((array) => ({
      ...array,
      values: array.values.map((x, i) => x + 0.2 * Math.sin(i + 1)),
    }));
    const weights = toVariables(arrays);
    const model = new Arnn(spec, weights);
    const batch = layOut(captions);
    const loss = (): tf.Scalar =>
      sumNegativeLogLikelihood(model, captionTensors(batch, features, null), smoothing);
    const lossWith = (name: string, values: Float32Array): number => {
      const variable = weights.get(name)!;
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      return tf.tidy(() => loss().dataSync()[0]!);
    };

    const gradients = new Map<string, tf.TypedArray>();
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, [...weights.values()]);
      for (const [name, variable] of weights) {
        gradients.set(name, grads[variable.name]!.dataSync().slice());
      }
    });
    for (const { name, values } of arrays) {
      const gradient = gradients.get(name)!;
      const order = [...gradient.keys()].sort(
        (a, b) => Math.abs(gradient[b]!) - Math.abs(gradient[a]!),
      );
      for (const i of order.slice(0, TRIED)) {
        const up = values.slice();
        const down = values.slice();
        up[i]! += STEP;
        down[i]! -= STEP;
        const expected = (lossWith(name, up) - lossWith(name, down)) / (up[i]! - down[i]!);
        lossWith(name, values);
        const error = Math.abs(gradient[i]! - expected);
        expect(error, `${name}[${i}]: ${gradient[i]} against ${expected}`).toBeLessThan(
          ABSOLUTE + RELATIVE * Math.abs(expected),
        );
      }
    }
    disposeAll(weights);
  });
});
