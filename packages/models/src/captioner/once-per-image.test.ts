/** What no caption changes is computed once for an image, in every family. */
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, expect, test } from 'vitest';
import { initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { layOut } from '../training/caption-batches.js';
import { captionTensors } from '../training/teacher-forcing.js';
import { captionerParameters, createCaptioner } from './create-captioner.js';

beforeAll(async () => {
  await startTestEngine();
  registerGradients();
});

const IMAGES = 2;
const CAPTIONS = 7;
const REGIONS = 11;
const attention = (kind: string) => ({ attention: { kind, heads: 2 } });

test.each([
  attention('mlp'),
  attention('bilinear'),
  attention('multihead'),
  { decoder: 'sat', heads: 2, feedForward: 8, layers: 2 },
  { decoder: 'fcn', kernel: 2, projectQkv: true },
  { decoder: 'tanh-rnn', attention: { kind: 'dot' } },
  { decoder: 'show-attend-tell', attentionHidden: 8 },
  { decoder: 'adaptive', attentionHidden: 8 },
  { decoder: 'up-down', attentionHidden: 8 },
  { decoder: 'up-down', attentionHidden: 8, projectsRegions: true },
])('%o: the products over regions are as many as images, not captions', async (model) => {
  const { model: spec } = tinySpec({ model: { global: 'none', ...model } });
  const task = tinyTask(IMAGES, REGIONS);
  const weights = toVariables(
    initialiseParameters(captionerParameters(spec, sizesOf(task)), Rng.from(1)),
  );
  const captions = Array.from({ length: CAPTIONS }, (_, i) => ({
    imageIndex: i % IMAGES,
    tokens: [4, 5, 6],
  }));
  const { inputs, ...images } = captionTensors(layOut(captions), task.features, { sharing: true });
  const captioner = createCaptioner(spec, weights);
  const { kernels } = await tf.profile(() => captioner.teach(images, inputs, null).logits);
  // Not the scores themselves, one number for each region: those depend on the words.
  const products = kernels
    .filter(({ name }) => name.endsWith('MatMul'))
    .flatMap(({ outputShapes }) => outputShapes)
    .flatMap((shape) => (shape.at(-1) === 1 ? [] : [shape.at(-2)]));
  expect(products).toContain(IMAGES * REGIONS);
  expect(products).not.toContain(CAPTIONS * REGIONS);
});

test('captions that share no image are not repeated', () => {
  const { features } = tinyTask(3);
  const batch = layOut([2, 0, 1].map((imageIndex) => ({ imageIndex, tokens: [4] })));
  const shared = captionTensors(batch, features, { sharing: true });
  expect(shared.imageOfRow).toBeUndefined();
  const own = captionTensors(batch, features);
  expect([...shared.features.dataSync()]).toEqual([...own.features.dataSync()]);
});
