/** Training and evaluation of a retrieval, with the real store, engine, models and metrics. */
import { rm } from 'node:fs/promises';
import {
  DecodeSpec,
  PredictionsFile,
  TrainingSpec,
  type EvaluationResult,
  type FeaturesResult,
  type TrainingResult,
  type TrainingWork,
} from '@capgrid/contracts';
import { readManifest } from '@capgrid/data';
import { METRICS_MAJOR } from '@capgrid/metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FromChild } from './child-messages.js';
import { ofKind, runInProcess } from './testing/run-in-process.js';
import { evaluationWorkOf, trainingWorkOf } from './testing/work-of.js';
import { makeTinyDataset, tinySpec, type TinyDataset } from './testing/tiny-dataset.js';

let data: TinyDataset;
let features: FeaturesResult;
let training: TrainingResult;
let reports: FromChild[];

const spec = (model: object = {}): TrainingSpec =>
  TrainingSpec.parse({
    ...tinySpec(),
    data: { minCount: 1000 },
    model: { decoder: 'retrieval', neighbours: 5, ...model },
  });

beforeAll(async () => {
  data = await makeTinyDataset();
  const { encoder } = spec();
  const extracted = await runInProcess(
    {
      kind: 'features',
      datasetDigest: data.digest,
      limit: null,
      encoder,
      plan: null,
      precomputedSha256: null,
    },
    data.folder,
  );
  features = ofKind(extracted.result, 'features');
  const trained = await runInProcess(trainingWork(), data.folder);
  training = ofKind(trained.result, 'training');
  reports = trained.messages;
});
afterAll(() => rm(data.folder, { recursive: true }));

function trainingWork(): TrainingWork {
  return trainingWorkOf({
    spec: spec(),
    datasetDigest: data.digest,
    featuresSha256: features.featuresSha256,
  });
}

async function evaluate(model: object): Promise<EvaluationResult> {
  const { result } = await runInProcess(
    evaluationWorkOf({
      spec: spec(model),
      decode: DecodeSpec.parse({ beam: 3 }),
      scoring: { version: METRICS_MAJOR, meteorParaphrasesSha256: null, spiceJarSha256: null },
      datasetDigest: data.digest,
      featuresSha256: features.featuresSha256,
      weightsSha256: training.weightsSha256,
      vocabularySha256: training.vocabularySha256,
    }),
    data.folder,
  );
  return ofKind(result, 'evaluation');
}

describe('retrieval', () => {
  it('learns nothing and says so', () => {
    expect(training).toMatchObject({
      parameters: 0,
      steps: 0,
      epochs: 0,
      bestStep: null,
      bestPerplexity: null,
      bestCiderD: null,
      stopReason: null,
    });
    // minCount is for models that must learn each word.
    expect(training.vocabularySize).toBeGreaterThan(10);
    const progress = reports.flatMap((one) => (one.type === 'progress' ? [one.progress] : []));
    expect(progress.at(-1)).toMatchObject({ phase: 'train', done: 24, total: 24 });
  });

  it('gives the same file again', async () => {
    const { result } = await runInProcess(trainingWork(), data.folder);
    expect(ofKind(result, 'training').weightsSha256).toBe(training.weightsSha256);
  });

  it('stops when the trainer does', async () => {
    const { result } = await runInProcess(trainingWork(), data.folder, { stopAfter: 'engine' });
    expect(result).toBe('stopped');
  });

  it.each([{ pick: 'nearest' }, { pick: 'consensus' }])(
    'captions with $pick as training images are captioned, without a perplexity',
    async (model) => {
      const evaluation = await evaluate(model);
      expect(evaluation.captions).toBe(5);
      expect(evaluation.scores).toHaveProperty('ciderD');
      expect(evaluation.scores).not.toHaveProperty('perplexity');
      // All captions are those of the training split.
      expect(evaluation.scores.novelCaptions?.value).toBe(0);
      const text = await data.store.read(evaluation.predictionsSha256);
      const { predictions } = PredictionsFile.parse(JSON.parse(text.toString('utf8')));
      const { images } = await readManifest(data.store, data.digest);
      const known = new Set(
        images
          .filter(({ split }) => split === 'train')
          .flatMap(({ captions }) => captions.map(({ tokens }) => tokens.join(' '))),
      );
      for (const { caption, logProb, isFinished, similarity } of predictions) {
        expect(known).toContain(caption);
        expect({ logProb, isFinished }).toEqual({ logProb: null, isFinished: true });
        expect(similarity).toBeGreaterThan(0);
      }
    },
  );

  it('refuses the weights of another decoder', async () => {
    const other = { ...trainingWork(), spec: tinySpec({ maxSteps: 1 }) };
    const { weightsSha256 } = ofKind((await runInProcess(other, data.folder)).result, 'training');
    const right = training;
    training = { ...right, weightsSha256 };
    await expect(evaluate({})).rejects.toThrow('another decoder than retrieval');
    training = right;
  });
});
