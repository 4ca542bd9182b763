/** Features and trainings of a tiny scenes dataset, with the real store, engine and models. */
import { rm, writeFile } from 'node:fs/promises';
import {
  TrainingSpec,
  type FeaturesResult,
  type TrainingResult,
  type TrainingWork,
  type Work,
} from '@capgrid/contracts';
import { openFeatures, readManifest } from '@capgrid/data';
import { decodeSafetensors, encodeSafetensors } from '@capgrid/models';
import { chooseEngine } from '@capgrid/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FromChild } from './child-messages.js';
import { runTask } from './run-task.js';
import { ofKind, runInProcess, type Ran } from './testing/run-in-process.js';
import { trainingWorkOf } from './testing/work-of.js';
import {
  makeTinyDataset,
  NO_SCORING_FILES,
  tinySpec,
  type TinyDataset,
} from './testing/tiny-dataset.js';

let data: TinyDataset;
let features: FeaturesResult;
let training: TrainingResult;
let reports: FromChild[];

function run(work: Work, stopAfter?: FromChild['type']): Promise<Ran> {
  return runInProcess(work, data.folder, { stopAfter });
}

function featuresWork(): Work {
  const { encoder } = tinySpec();
  return {
    kind: 'features',
    datasetDigest: data.digest,
    limit: null,
    encoder,
    plan: null,
    precomputedSha256: null,
  };
}

function trainingWork(resume: TrainingWork['resume'] = null): TrainingWork {
  const { featuresSha256 } = features;
  const { digest: datasetDigest } = data;
  return trainingWorkOf({ spec: tinySpec(), datasetDigest, featuresSha256, resume });
}

beforeAll(async () => {
  data = await makeTinyDataset();
  const extracted = await run(featuresWork());
  reports = extracted.messages;
  features = ofKind(extracted.result, 'features');
  training = ofKind((await run(trainingWork())).result, 'training');
});

afterAll(async () => {
  await rm(data.folder, { recursive: true });
});

describe('extracting features', () => {
  it('writes a row for every image of the dataset', async () => {
    expect(features).toMatchObject({ images: data.images, channels: 8, regions: 36 });
    const reader = await openFeatures(data.store.pathOf(features.featuresSha256));
    const { images } = await readManifest(data.store, data.digest);
    expect(images.map((image) => reader.indexOf(image.id))).toEqual(images.map((_, row) => row));
    const rows = reader.batch([0, data.images - 1]);
    expect(rows.some((value) => value > 0)).toBe(true);
    await reader.close();
  });

  it('keeps the weights of the encoder it has trained', async () => {
    expect(await data.store.has(features.encoderSha256 ?? '')).toBe(true);
  });

  it('reports the training of the encoder, then the images', () => {
    const phases = reports.flatMap((one) => (one.type === 'progress' ? [one.progress.phase] : []));
    expect([...new Set(phases)]).toEqual(['encoder', 'features']);
    expect(reports.at(-1)).toMatchObject({ progress: { done: data.images, total: data.images } });
  });

  it('gives the same file again', async () => {
    const again = ofKind((await run(featuresWork())).result, 'features');
    expect(again.featuresSha256).toBe(features.featuresSha256);
  });
});

describe('training', () => {
  it('writes weights and vocabulary and reports curves and checkpoints', async () => {
    const { result, messages } = await run(trainingWork());
    expect(ofKind(result, 'training')).toMatchObject({ steps: 12, stopReason: 'max-steps' });
    expect(await data.store.has(training.weightsSha256)).toBe(true);
    const checkpoints = messages.filter((message) => message.type === 'checkpoint');
    expect(checkpoints.map(({ step }) => step)).toEqual([4, 8, 12]);
    const names = messages.flatMap((one) => (one.type === 'points' ? one.points : []));
    expect(new Set(names.map(({ name }) => name))).toEqual(
      new Set([
        'train/loss',
        'train/learning-rate',
        'train/gradient-norm',
        'train/captions-per-second',
        'train/tokens-per-second',
        'val/perplexity',
        'val/attention-entropy',
        'val/attention-max',
      ]),
    );
  });

  it('gives the same weights for the same work', async () => {
    const again = ofKind((await run(trainingWork())).result, 'training');
    expect(again.weightsSha256).toBe(training.weightsSha256);
    expect(again.vocabularySha256).toBe(training.vocabularySha256);
  });

  it('stopped and resumed from its checkpoint gives the same weights', async () => {
    const { result, messages } = await run(trainingWork(), 'checkpoint');
    expect(result).toBe('stopped');
    const checkpoint = messages.find((message) => message.type === 'checkpoint');
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was reported');
    const { step, stateSha256 } = checkpoint;
    expect(step).toBe(4);
    const resumed = await run(trainingWork({ step, stateSha256 }));
    const { weightsSha256, earlierEngines } = ofKind(resumed.result, 'training');
    expect(weightsSha256).toBe(training.weightsSha256);
    expect(earlierEngines).toEqual([]);
    const steps = resumed.messages.flatMap((one) => (one.type === 'checkpoint' ? [one.step] : []));
    expect(steps).toEqual([8, 12]);
  });

  it('stopped between two checkpoints goes on where it stopped', async () => {
    const { result, messages } = await run(trainingWork(), 'points');
    expect(result).toBe('stopped');
    const checkpoint = messages.at(-1);
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was reported');
    const { step, stateSha256 } = checkpoint;
    expect(step).toBe(1);
    const resumed = await run(trainingWork({ step, stateSha256 }));
    expect(ofKind(resumed.result, 'training').weightsSha256).toBe(training.weightsSha256);
    const points = resumed.messages.flatMap((one) => (one.type === 'points' ? one.points : []));
    expect(points.map((point) => point.step)).not.toContain(1);
  });

  it('goes on with a state although its spec has an option more that changes nothing', async () => {
    const { messages } = await run(trainingWork(), 'checkpoint');
    const checkpoint = messages.find((message) => message.type === 'checkpoint');
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was reported');
    const { step, stateSha256 } = checkpoint;
    const work = trainingWork({ step, stateSha256 });
    const model = { ...work.spec.model, attention: { kind: 'mlp', heads: 4 } };
    const spec = TrainingSpec.parse({ ...work.spec, model });
    expect(spec).not.toEqual(work.spec);
    const resumed = await run({ ...work, spec });
    const steps = resumed.messages.flatMap((one) => (one.type === 'checkpoint' ? [one.step] : []));
    expect(steps).toEqual([8, 12]);
  });

  it('goes on with a state although its dataset, encoder and word vectors are called otherwise', async () => {
    const words = ['a', 'the', 'red', 'circle', 'square'];
    const values = new Float32Array(words.length * 16).fill(0.1);
    const vectors = {
      vectorsSha256: await data.store.put(
        encodeSafetensors([{ name: 'vectors', shape: [words.length, 16], values }]),
      ),
      wordsSha256: await data.store.put(Buffer.from(JSON.stringify(words))),
    };
    const called = (dataset: string, encoder: string, name: string): TrainingWork => {
      const spec = tinySpec();
      const model = { ...spec.model, vectors: { name } };
      const named = { ...spec, dataset, encoder: { kind: 'features', name: encoder }, model };
      return { ...trainingWork(), spec: TrainingSpec.parse(named), vectors };
    };
    const { messages } = await run(called('scenes', 'detector', 'glove'), 'checkpoint');
    const checkpoint = messages.find((message) => message.type === 'checkpoint');
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was reported');
    const { step, stateSha256 } = checkpoint;
    const work = called('drawings', 'bottom-up', 'glove.6B');
    const resumed = await run({ ...work, resume: { step, stateSha256 } });
    const steps = resumed.messages.flatMap((one) => (one.type === 'checkpoint' ? [one.step] : []));
    expect(steps).toEqual([8, 12]);
  });

  it('has states of its own, whatever another training shares with it', async () => {
    const checkpointOf = async (work: TrainingWork): Promise<unknown> =>
      (await run(work)).messages.find((message) => message.type === 'checkpoint');
    const longer = { ...trainingWork(), spec: tinySpec({ maxSteps: 13 }) };
    const [one, other] = [await checkpointOf(trainingWork()), await checkpointOf(longer)];
    expect(one).toMatchObject({ step: 4 });
    expect(other).toMatchObject({ step: 4 });
    expect(other).not.toEqual(one);
  });

  it.each([
    { damage: 'cut', change: (state: Buffer) => state.subarray(0, 100) },
    { damage: 'altered', change: (state: Buffer) => Buffer.from(state).fill(7, 1000, 1100) },
  ])('begins again when its checkpoint is $damage, and mends it', async ({ change }) => {
    const { messages } = await run(trainingWork());
    const checkpoint = messages.find((message) => message.type === 'checkpoint');
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was reported');
    const { step, stateSha256 } = checkpoint;
    await writeFile(data.store.pathOf(stateSha256), change(await data.store.read(stateSha256)));

    const again = await run(trainingWork({ step, stateSha256 }));
    expect(ofKind(again.result, 'training').weightsSha256).toBe(training.weightsSha256);
    expect(again.messages[0]).toMatchObject({ type: 'engine', engine: { threads: 1 } });
    expect(again.messages[1]).toMatchObject({ type: 'state-unreadable', stateSha256 });
    await data.store.verify(stateSha256);
  });

  it('begins again when its checkpoint fits the format, but not the model', async () => {
    const { messages } = await run(trainingWork());
    const checkpoint = messages.find((message) => message.type === 'checkpoint');
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was reported');
    const { arrays, metadata } = decodeSafetensors(await data.store.read(checkpoint.stateSha256));
    const stateSha256 = await data.store.put(encodeSafetensors(arrays.slice(1), metadata));

    const again = await run(trainingWork({ step: checkpoint.step, stateSha256 }));
    expect(ofKind(again.result, 'training').weightsSha256).toBe(training.weightsSha256);
    expect(again.messages[1]).toMatchObject({ type: 'state-unreadable', stateSha256 });
  });

  it('begins again when its checkpoint is of another training', async () => {
    const longer = { ...trainingWork(), spec: tinySpec({ maxSteps: 13 }) };
    const checkpoint = (await run(longer)).messages.find(({ type }) => type === 'checkpoint');
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was reported');
    const { step, stateSha256 } = checkpoint;
    const { result, messages } = await run(trainingWork({ step, stateSha256 }));
    expect(ofKind(result, 'training').weightsSha256).toBe(training.weightsSha256);
    expect(messages[1]).toMatchObject({ type: 'state-unreadable', stateSha256 });
  });

  it('begins again when its checkpoint is gone', async () => {
    const { result } = await run(trainingWork({ step: 4, stateSha256: 'c'.repeat(64) }));
    expect(ofKind(result, 'training').weightsSha256).toBe(training.weightsSha256);
  });

  it('without a chosen engine takes the fastest one and records it', async () => {
    const result = await runTask(trainingWork(), {
      store: data.folder,
      engine: null,
      engineOptions: { threads: 1, device: null, strictFloat32: false },
      scoringFiles: NO_SCORING_FILES,
      stop: new AbortController().signal,
      tell: async () => {},
    });
    if (result === 'stopped') throw new Error('nobody stopped it');
    const { engine } = ofKind(result, 'training');
    expect(engine).toMatchObject({ name: await chooseEngine(), threads: 1 });
    expect(engine.blas === null).toBe(engine.name !== 'libtorch');
  });

  it('names the missing feature file', async () => {
    const work = { ...trainingWork(), featuresSha256: 'd'.repeat(64) };
    await expect(run(work)).rejects.toMatchObject({ code: 'object-missing' });
  });
});
