/** Trained layers of an encoder may change the number of regions: noise has that of the decoder. */
import { beforeAll, expect, test } from 'vitest';
import { encodeSafetensors } from '../checkpoint/safetensors.js';
import { trainedLayers } from '../encoder/trained-layers.js';
import type { Engine } from '../engine.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import { trainCaptioner } from './train-captioner.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

/** 4x4 places of four channels to 2x2 places of five. */
const PLAN = {
  name: 'stride of two',
  input: { size: [4, 4], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 2, shape: [5, 2, 2] },
  layers: [layer('stem', [0, 1], [3, 4], 1), layer('head', [1, 2], [4, 5], 2)],
};

function layer(name: string, [inp, out]: number[], [cin, cout]: number[], stride: number) {
  const files = { weight: `${name}/w`, bias: `${name}/b` };
  return { op: 'conv', name, inp, out, stride, k: 1, act: 'relu', cin, cout, ...files };
}

const HEAD = encodeSafetensors(
  [
    {
      name: 'head/w',
      shape: [5, 4, 1, 1],
      values: Float32Array.from({ length: 20 }, (_, i) => Math.sin(i)),
    },
    { name: 'head/b', shape: [5], values: new Float32Array(5) },
  ],
  {},
);

// Families with masks over regions.
test.each([
  { decoder: 'sat', heads: 2, attentionDropout: 0.5 },
  { decoder: 'up-down', projectsRegions: true, dropout: 0.5 },
])('$decoder: masks over regions fit the regions behind a stride of two', async (model) => {
  const { captions, features, vocabularySize } = tinyTask(6, 16);
  const short = captions.map((caption) => ({
    ...caption,
    tokens: Array.from(caption.tokens).slice(0, 3),
  }));
  const given = {
    engine,
    vocabularySize,
    train: { captions: short },
    val: { captions: short },
    features,
    parts: { encoder: trainedLayers(PLAN, HEAD, { layers: 1, init: 'pretrained' }), vectors: null },
  };
  const spec = tinySpec({ model, schedule: { maxSteps: 2 } });
  const { steps, weights } = await trainCaptioner({ ...given, spec });
  expect(steps).toBe(2);
  const selfCritical = { epochs: 1, batchImages: 3, samples: 2, maxWords: 3 };
  const next = tinySpec({ model, schedule: { selfCritical } });
  const after = await trainCaptioner({ ...given, spec: next, startWeights: weights });
  expect(after.steps).toBe(2);
});
