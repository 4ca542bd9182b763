import * as tf from '@tensorflow/tfjs-core';
import { cutEncoder, EncoderPlan } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../checkpoint/safetensors.js';
import type { Engine } from '../engine.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { createPlanEncoder } from './plan-encoder.js';
import { trainedLayers } from './trained-layers.js';

const convolution = (
  name: string,
  op: 'conv' | 'dwconv',
  [inp, out]: [number, number],
  [cin, cout]: [number, number],
  { stride = 1, k = 1, act = 'relu' } = {},
) => ({ op, name, inp, out, stride, k, act, cin, cout, weight: `${name}/w`, bias: `${name}/b` });

/** 3 channels, 6x6 -> 3x3; an inverted residual block; 5 channels of feature map; a classifier. */
const PLAN = EncoderPlan.parse({
  name: 'residual',
  input: { size: [6, 6], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 6, shape: [5, 3, 3] },
  layers: [
    convolution('stem', 'conv', [0, 1], [3, 4], { stride: 2, k: 3 }),
    convolution('expand', 'conv', [1, 2], [4, 6]),
    convolution('depth', 'dwconv', [2, 3], [6, 6], { k: 3 }),
    convolution('project', 'conv', [3, 4], [6, 4], { act: 'none' }),
    { op: 'add', inp: [4, 1], out: 5 },
    convolution('head', 'conv', [5, 6], [4, 5]),
    { op: 'avgpool', inp: 6, out: 7 },
    convolution('classes', 'conv', [7, 8], [5, 2], { act: 'none' }),
  ],
});

const rng = Rng.from(2);
const array = (name: string, shape: number[]) => ({
  name,
  shape,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal() / 2),
});
const WEIGHTS = encodeSafetensors(
  [
    array('stem/w', [4, 3, 3, 3]),
    array('stem/b', [4]),
    array('expand/w', [6, 4, 1, 1]),
    array('expand/b', [6]),
    array('depth/w', [6, 1, 3, 3]),
    array('depth/b', [6]),
    array('project/w', [4, 6, 1, 1]),
    array('project/b', [4]),
    array('head/w', [5, 4, 1, 1]),
    array('head/b', [5]),
    array('classes/w', [2, 5, 1, 1]),
    array('classes/b', [2]),
  ],
  {},
);
const IMAGES = Uint8Array.from({ length: 2 * 6 * 6 * 3 }, (_, i) => (i * 37) % 256);

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
  registerGradients();
});

describe('an encoder cut in two', () => {
  // 0: nothing is trained; 1: head; 4: the block too; 5: all, on the pixels themselves.
  test.each([0, 1, 4, 5])('with %i trained layers gives what it gives whole', async (layers) => {
    const whole = createPlanEncoder(engine, PLAN, WEIGHTS, cutEncoder(PLAN, 0));
    const prefix = createPlanEncoder(engine, PLAN, WEIGHTS, cutEncoder(PLAN, layers));
    const suffix = trainedLayers(PLAN, WEIGHTS, cutEncoder(PLAN, layers), 'pretrained');
    expect(suffix.parameters).toHaveLength(2 * layers);
    const weights = toVariables(initialiseParameters(suffix.parameters, Rng.from(1)));
    const cut = await prefix.encode(IMAGES);
    const features = tf.tidy(() =>
      suffix.apply(weights, tf.tensor(cut, [2, prefix.regions, prefix.channels])),
    );
    expect(features.shape).toEqual([2, suffix.regions, suffix.channels]);
    const expected = await whole.encode(IMAGES);
    for (const [i, value] of (await features.data()).entries()) {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    }
    features.dispose();
    disposeAll(weights);
    whole.dispose();
    prefix.dispose();
  });

  test('random layers start from the seed, without bias', () => {
    const { parameters } = trainedLayers(PLAN, WEIGHTS, cutEncoder(PLAN, 4), 'random');
    const [first, second] = [1, 1].map((seed) => initialiseParameters(parameters, Rng.from(seed)));
    expect(first).toEqual(second);
    const bias = first?.find(({ name }) => name === 'encoder.head/b');
    expect(Array.from(bias?.values ?? [])).toEqual([0, 0, 0, 0, 0]);
    const bound = Math.sqrt(6 / 4);
    for (const value of first?.find(({ name }) => name === 'encoder.head/w')?.values ?? []) {
      expect(Math.abs(value)).toBeLessThanOrEqual(bound);
    }
  });

  test('the gradient reaches every trained layer and equals finite differences', async () => {
    const layers = 4;
    const prefix = createPlanEncoder(engine, PLAN, WEIGHTS, cutEncoder(PLAN, layers));
    const suffix = trainedLayers(PLAN, WEIGHTS, cutEncoder(PLAN, layers), 'pretrained');
    const weights = toVariables(initialiseParameters(suffix.parameters, Rng.from(1)));
    const cut = tf.tensor(await prefix.encode(IMAGES), [2, prefix.regions, prefix.channels]);
    const loss = (): tf.Scalar => tf.mean(tf.square(suffix.apply(weights, cut)));
    const { value, grads } = tf.variableGrads(loss, [...weights.values()]);
    for (const [name, variable] of weights) {
      const gradient = grads[variable.name]?.dataSync() ?? [];
      const values = variable.dataSync().slice();
      const at = (i: number, x: number): number => {
        const changed = values.slice();
        changed[i] = x;
        tf.tidy(() => variable.assign(tf.tensor(changed, variable.shape)));
        return tf.tidy(() => loss().dataSync()[0] ?? Number.NaN);
      };
      const i = values.length - 1;
      const x = values[i] ?? 0;
      const expected = (at(i, x + 1e-2) - at(i, x - 1e-2)) / 2e-2;
      at(i, x);
      expect(Math.abs((gradient[i] ?? Number.NaN) - expected), name).toBeLessThan(
        1e-4 + 2e-2 * Math.abs(expected),
      );
    }
    tf.dispose([value, grads, cut]);
    disposeAll(weights);
    prefix.dispose();
  });
});
