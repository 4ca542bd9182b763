import { cutEncoder, EncoderPlan } from '@capgrid/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../checkpoint/safetensors.js';
import type { Engine } from '../engine.js';
import { startTestEngine } from '../testing/test-engine.js';
import { createPlanEncoder, type PlanEncoder } from './plan-encoder.js';

/** A stride-2 convolution, a depthwise one, a shortcut, a pool and a classifier. */
const LAYERS = [
  {
    op: 'conv',
    name: 'first',
    inp: 0,
    out: 1,
    stride: 2,
    k: 3,
    act: 'relu',
    cin: 3,
    cout: 2,
    weight: 'w1',
    bias: 'b1',
  },
  {
    op: 'dwconv',
    name: 'second',
    inp: 1,
    out: 2,
    stride: 1,
    k: 1,
    act: 'none',
    cin: 2,
    cout: 2,
    weight: 'w2',
    bias: 'b2',
  },
  { op: 'add', inp: [2, 1], out: 3 },
  { op: 'avgpool', inp: 3, out: 4 },
  {
    op: 'conv',
    name: 'logits',
    inp: 4,
    out: 5,
    stride: 1,
    k: 1,
    act: 'none',
    cin: 2,
    cout: 2,
    weight: 'w3',
    bias: 'b3',
  },
];
const PLAN = {
  name: 'tiny',
  input: { size: [4, 4], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 3, shape: [2, 2, 2] },
  labels: ['cat', 'dog'],
  layers: LAYERS,
};

function weightsWith(first: Float32Array): Uint8Array {
  return encodeSafetensors([
    { name: 'w1', shape: [2, 3, 3, 3], values: first },
    { name: 'b1', shape: [2], values: Float32Array.of(0, 1) },
    { name: 'w2', shape: [2, 1, 1, 1], values: Float32Array.of(2, -3) },
    { name: 'b2', shape: [2], values: Float32Array.of(0, 0.5) },
    { name: 'w3', shape: [2, 2, 1, 1], values: Float32Array.of(1, 0, 0, 10) },
    { name: 'b3', shape: [2], values: Float32Array.of(0, 0) },
  ]);
}

/** Output channel 0 takes the red pixel in the middle of the 3x3 window, channel 1 nothing. */
function middleRed(): Float32Array {
  const values = new Float32Array(2 * 3 * 3 * 3);
  values[4] = 1;
  return values;
}

/** Red = 10 x row + column of a 4x4 image, in steps of 1/255. */
function image(): Uint8Array {
  const pixels = new Uint8Array(4 * 4 * 3);
  for (let place = 0; place < 16; place += 1) {
    pixels[place * 3] = 10 * Math.floor(place / 4) + (place % 4);
  }
  return pixels;
}

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

function encoderOf(json: unknown, weights: Uint8Array): PlanEncoder {
  const plan = EncoderPlan.parse(json);
  return createPlanEncoder(engine, plan, weights, cutEncoder(plan, 0));
}

describe('plan encoder', () => {
  test("padding is TensorFlow's: with stride 2 on an even size nothing is added before", async () => {
    const encoder = encoderOf(PLAN, weightsWith(middleRed()));
    expect([encoder.regions, encoder.channels]).toEqual([4, 2]);
    const features = await encoder.encode(image());
    // Windows begin at rows and columns 0 and 2, so their middles are at 1 and 3. Channel 0 is
    // x + 2x of that red value; channel 1 is 1 + (-3 + 0.5).
    const expected = [11, 13, 31, 33].flatMap((red) => [(3 * red) / 255, -1.5]);
    expect(features.length).toBe(8);
    for (const [i, value] of features.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    const logits = await encoder.classify(image());
    expect(logits[0]).toBeCloseTo((3 * 22) / 255, 5);
    expect(logits[1]).toBeCloseTo(-15, 5);
    encoder.dispose();
  });

  test('several images give what each gives alone', async () => {
    const encoder = encoderOf(PLAN, weightsWith(middleRed()));
    const six = new Uint8Array(6 * 48);
    for (let i = 0; i < 6; i += 1)
      six.set(
        image().map((byte) => byte * (i + 1)),
        i * 48,
      );
    const together = await encoder.encode(six);
    const last = await encoder.encode(six.subarray(5 * 48));
    expect(together.subarray(5 * 8)).toEqual(last);
    encoder.dispose();
  });

  test('a tensor may be added to itself', async () => {
    const twice = LAYERS.map((layer) => (layer.op === 'add' ? { ...layer, inp: [1, 1] } : layer));
    const encoder = encoderOf({ ...PLAN, layers: twice }, weightsWith(middleRed()));
    const features = await encoder.encode(image());
    const expected = [11, 13, 31, 33].flatMap((red) => [(2 * red) / 255, 2]);
    expect(features.length).toBe(8);
    for (const [i, value] of features.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    encoder.dispose();
  });

  test('weights that are missing are named', () => {
    expect(() => encoderOf(PLAN, encodeSafetensors([]))).toThrow(
      'the weights file has no array "w1"',
    );
  });
});
