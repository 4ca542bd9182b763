/** A self-critical training from the weights of the one by cross-entropy, with the real store. */
import { rm } from 'node:fs/promises';
import { TrainingSpec, crossEntropySpec, type TrainingResult } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ofKind, runInProcess, type Ran } from './testing/run-in-process.js';
import { makeTinyDataset, tinySpec, type TinyDataset } from './testing/tiny-dataset.js';
import { trainingWorkOf } from './testing/work-of.js';

let data: TinyDataset;
let featuresSha256: string;
let start: TrainingResult;

const spec = TrainingSpec.parse({
  ...tinySpec(),
  schedule: {
    ...tinySpec().schedule,
    selfCritical: { epochs: 9, maxSteps: 3, batchImages: 4, samples: 3, checkpointEvery: 2 },
  },
});

function train(one: TrainingSpec, startWeightsSha256: string | null): Promise<Ran> {
  const given = { spec: one, datasetDigest: data.digest, featuresSha256, startWeightsSha256 };
  return runInProcess(trainingWorkOf(given), data.folder, {});
}

beforeAll(async () => {
  data = await makeTinyDataset();
  const { encoder } = spec;
  const { result } = await runInProcess(
    {
      kind: 'features',
      datasetDigest: data.digest,
      limit: null,
      encoder,
      plan: null,
      precomputedSha256: null,
    },
    data.folder,
    {},
  );
  ({ featuresSha256 } = ofKind(result, 'features'));
  const first = crossEntropySpec(spec);
  if (first === null) throw new Error('The spec is self-critical.');
  start = ofKind((await train(first, null)).result, 'training');
});

afterAll(async () => {
  await rm(data.folder, { recursive: true });
});

it('goes on from the weights of the first training and reports rewards', async () => {
  const { result, messages } = await train(spec, start.weightsSha256);
  expect(ofKind(result, 'training')).toMatchObject({ steps: 3, stopReason: 'max-steps' });
  const checkpoints = messages.filter((message) => message.type === 'checkpoint');
  expect(checkpoints.map(({ step }) => step)).toEqual([0, 2, 3]);
  const points = messages.flatMap((one) => (one.type === 'points' ? one.points : []));
  const names = new Set(points.map(({ name }) => name));
  for (const name of ['train/reward', 'train/baseline', 'train/bad-ending-share', 'val/cider-d']) {
    expect(names).toContain(name);
  }
  const before = points.find(({ name, step }) => name === 'val/perplexity' && step === 0);
  expect(before?.value).toBe(start.bestPerplexity);
  const ciderD = points.flatMap(({ name, value }) => (name === 'val/cider-d' ? [value] : []));
  expect(ofKind(result, 'training').bestCiderD).toBe(Math.max(...ciderD));
  expect(start.bestCiderD).toBeNull();
});

it('fails where the weights to start from are missing', async () => {
  await expect(train(spec, null)).rejects.toMatchObject({ code: 'model-input' });
});
