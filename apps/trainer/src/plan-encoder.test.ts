/** Features of synthetic scenes from a small plan that is made here. */
import { rm } from 'node:fs/promises';
import { EncoderSpec, type FeaturesWork, type TaskResult, type Work } from '@capgrid/contracts';
import { decodeImages, openFeatures, readManifest, selectImages } from '@capgrid/data';
import { encodeSafetensors } from '@capgrid/models';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runTask } from './run-task.js';
import { makeTinyDataset, NO_SCORING_FILES, type TinyDataset } from './testing/tiny-dataset.js';

let data: TinyDataset;
let work: FeaturesWork;

beforeAll(async () => {
  data = await makeTinyDataset();
  work = {
    kind: 'features',
    datasetDigest: data.digest,
    limit: 6,
    encoder: EncoderSpec.parse({ kind: 'plan', name: 'averages' }),
    plan: {
      planSha256: await data.store.put(Buffer.from(JSON.stringify(plan))),
      weightsSha256: await data.store.put(weights()),
    },
    precomputedSha256: null,
  };
});
afterAll(async () => {
  await rm(data.folder, { recursive: true });
});

/** Every fourth pixel of 8x8 images, each colour to itself. */
const plan = {
  name: 'averages',
  input: { size: [8, 8], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 1, shape: [3, 2, 2] },
  layers: [
    {
      op: 'conv',
      name: 'pick',
      inp: 0,
      out: 1,
      stride: 4,
      k: 1,
      act: 'relu',
      cin: 3,
      cout: 3,
      weight: 'pick/weights',
      bias: 'pick/bias',
    },
  ],
};

function weights(): Uint8Array {
  const identity = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  return encodeSafetensors(
    [
      { name: 'pick/weights', shape: [3, 3, 1, 1], values: identity },
      { name: 'pick/bias', shape: [3], values: new Float32Array(3) },
    ],
    {},
  );
}

async function run(task: Work, stopAfter = Infinity) {
  const stop = new AbortController();
  const done: number[] = [];
  const result = await runTask(task, {
    store: data.folder,
    engine: 'wasm',
    engineOptions: { threads: 1, device: null, strictFloat32: false },
    scoringFiles: NO_SCORING_FILES,
    stop: stop.signal,
    tell: async (message) => {
      if (message.type !== 'progress') return;
      done.push(message.progress.done);
      if (message.progress.done >= stopAfter) stop.abort();
    },
  });
  return { result, done };
}

function shaOf(result: TaskResult | 'stopped'): string {
  if (result === 'stopped' || result.kind !== 'features') throw new Error('no features');
  return result.featuresSha256;
}

it('writes the feature map of the plan for every image', async () => {
  const { result } = await run(work);
  const shape = { images: 6, regions: 4, channels: 3, encoderSha256: null };
  expect(result).toMatchObject({ ...shape, engine: { device: 'cpu' } });
  const reader = await openFeatures(data.store.pathOf(shaOf(result)));
  const [image] = selectImages(await readManifest(data.store, data.digest), 6);
  if (image === undefined) throw new Error('the dataset is empty');
  const pixels = await decodeImages(data.store, [image], 8);
  const picked = [0, 4, 32, 36].flatMap((place) => [...pixels.subarray(place * 3, place * 3 + 3)]);
  const row = reader.batch([reader.indexOf(image.id)]);
  for (const [i, value] of picked.entries()) expect(row[i]).toBeCloseTo(value / 255, 6);
});

it('goes on where it was stopped and gives the same file', async () => {
  const all = { ...work, limit: null };
  expect((await run(all, 0)).result).toBe('stopped');
  const resumed = await run(all);
  // Of 35 images, the first batch of 16 was there already.
  expect([resumed.done.at(0), resumed.done.at(-1)]).toEqual([16, 35]);
  expect(shaOf((await run(all)).result)).toBe(shaOf(resumed.result));
});

it('names a file of the plan that is missing from the store', async () => {
  const planSha256 = 'e'.repeat(64);
  const missing = { ...work, plan: { planSha256, weightsSha256: planSha256 } };
  await expect(run(missing)).rejects.toMatchObject({ code: 'object-missing' });
  await expect(run(missing)).rejects.toThrow(planSha256);
});

it('names what of the weights does not fit the plan', async () => {
  const wide = { ...plan, layers: [{ ...plan.layers[0], k: 3 }] };
  const planSha256 = await data.store.put(Buffer.from(JSON.stringify(wide)));
  const weightsSha256 = await data.store.put(weights());
  await expect(run({ ...work, plan: { planSha256, weightsSha256 } })).rejects.toMatchObject({
    code: 'encoder-input',
    message:
      'The encoder "averages" cannot be used: pick: "pick/weights" should have the shape ' +
      '[3, 3, 3, 3], the file has [3, 3, 1, 1]. Register a plan and weights that fit.',
  });
});

it('names what is wrong in the plan, and the encoder that it belongs to', async () => {
  const planOf = async (text: string) => ({
    ...work,
    plan: {
      planSha256: await data.store.put(Buffer.from(text)),
      weightsSha256: await data.store.put(weights()),
    },
  });
  const [pick] = plan.layers;
  const curved = { ...plan, layers: [{ ...pick, act: 'gelu' }] };
  await expect(run(await planOf(JSON.stringify(curved)))).rejects.toMatchObject({
    code: 'encoder-input',
    message:
      'The plan of the encoder "averages" cannot be used: layers.0.act is "gelu": ' +
      'Invalid option: expected one of "relu"|"none". Register it again.',
  });
  await expect(run(await planOf('{'))).rejects.toMatchObject({
    code: 'encoder-input',
    message:
      'The plan of the encoder "averages" cannot be used: it is not JSON. Register it again.',
  });
});
