/** Layers of a registered encoder trained with the decoder, and an ensemble of two such models. */
import { rm } from 'node:fs/promises';
import {
  DecodeSpec,
  TrainingSpec,
  type FeaturesResult,
  type PlanFiles,
  type TrainingResult,
} from '@capgrid/contracts';
import { METRICS_MAJOR } from '@capgrid/metrics';
import { decodeWeights, encodeSafetensors } from '@capgrid/models';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FromChild } from './child-messages.js';
import { readBytes } from './read-bytes.js';
import { ofKind, runInProcess, type Ran } from './testing/run-in-process.js';
import { makeTinyDataset, tinySpec, type TinyDataset } from './testing/tiny-dataset.js';
import { evaluationWorkOf, trainingWorkOf } from './testing/work-of.js';

/** 8x8 pixels to 2x2 places of three channels, then to four. */
const PLAN = {
  name: 'two layers',
  input: { size: [8, 8], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 2, shape: [4, 2, 2] },
  layers: [layer('stem', [0, 1], [3, 3], 4), layer('head', [1, 2], [3, 4], 1)],
};

function layer(name: string, [inp, out]: number[], [cin, cout]: number[], stride: number) {
  const files = { weight: `${name}/w`, bias: `${name}/b` };
  return { op: 'conv', name, inp, out, stride, k: 1, act: 'relu', cin, cout, ...files };
}

const HEAD = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5, 0.5, 0.5]);
const WEIGHTS = encodeSafetensors(
  [
    { name: 'stem/w', shape: [3, 3, 1, 1], values: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]) },
    { name: 'stem/b', shape: [3], values: new Float32Array(3) },
    { name: 'head/w', shape: [4, 3, 1, 1], values: HEAD },
    { name: 'head/b', shape: [4], values: new Float32Array(4) },
  ],
  {},
);

let data: TinyDataset;
let plan: PlanFiles;
beforeAll(async () => {
  data = await makeTinyDataset();
  plan = {
    planSha256: await data.store.put(Buffer.from(JSON.stringify(PLAN))),
    weightsSha256: await data.store.put(WEIGHTS),
  };
});
afterAll(() => rm(data.folder, { recursive: true }));

function specOf(fineTune: object, seed = 1): TrainingSpec {
  const encoder = { kind: 'plan', name: 'two layers', fineTune };
  return TrainingSpec.parse({ ...tinySpec({ seed }), encoder });
}

async function featuresOf({ encoder }: TrainingSpec): Promise<FeaturesResult> {
  const { digest: datasetDigest, folder } = data;
  const work = {
    kind: 'features' as const,
    datasetDigest,
    limit: null,
    encoder,
    plan,
    precomputedSha256: null,
  };
  return ofKind((await runInProcess(work, folder)).result, 'features');
}

type Trained = TrainingResult & Pick<Ran, 'messages'> & { featuresSha256: string };

async function train(spec: TrainingSpec): Promise<Trained> {
  const { featuresSha256 } = await featuresOf(spec);
  const work = trainingWorkOf({ spec, datasetDigest: data.digest, featuresSha256, plan });
  const { result, messages } = await runInProcess(work, data.folder);
  return { ...ofKind(result, 'training'), messages, featuresSha256 };
}

const isWarning = ({ type }: FromChild): boolean => type === 'untrained-weights';

async function headOf({ weightsSha256 }: TrainingResult): Promise<number[] | undefined> {
  const { arrays } = decodeWeights(await readBytes(data.store, weightsSha256));
  const head = arrays.find(({ name }) => name === 'encoder.head/w');
  return head === undefined ? undefined : Array.from(head.values);
}

it('features end where the trained layers begin', async () => {
  expect(await featuresOf(specOf({}))).toMatchObject({ regions: 4, channels: 4 });
  expect(await featuresOf(specOf({ layers: 1 }))).toMatchObject({ regions: 4, channels: 3 });
  expect(await featuresOf(specOf({ layers: 2 }))).toMatchObject({ regions: 64, channels: 3 });
});

it('the layers are trained with their own rate, from their own step', async () => {
  expect(await headOf(await train(specOf({})))).toBeUndefined();
  const trained = await train(specOf({ layers: 1, learningRate: 0.01 }));
  expect(await headOf(trained)).not.toEqual(Array.from(HEAD));
  expect(trained.messages.filter(isWarning)).toEqual([]);
  // Twelve updates come in all.
  const later = await train(specOf({ layers: 1, learningRate: 0.01, afterStep: 12 }));
  expect(await headOf(later)).toEqual(Array.from(HEAD));
  expect(later.messages.filter(isWarning)).toEqual([
    { type: 'untrained-weights', groups: ['encoder'], bestStep: later.bestStep, steps: 12 },
  ]);
});

it('two models decode together, with their own encoders', async () => {
  const specs = [specOf({ layers: 1 }, 1), specOf({ layers: 1 }, 2)] as const;
  const [one, two] = [await train(specs[0]), await train(specs[1])];
  const evaluate = async (members: TrainingResult[]) => {
    const work = evaluationWorkOf({
      spec: specs[0],
      decode: DecodeSpec.parse({ beam: 2, ensemble: 1 + members.length }),
      scoring: { version: METRICS_MAJOR, meteorParaphrasesSha256: null, spiceJarSha256: null },
      datasetDigest: data.digest,
      featuresSha256: one.featuresSha256,
      plan,
      weightsSha256: one.weightsSha256,
      memberWeightsSha256: members.map(({ weightsSha256 }) => weightsSha256),
      vocabularySha256: one.vocabularySha256,
    });
    const { result } = await runInProcess(work, data.folder);
    return ofKind(result, 'evaluation').predictionsSha256;
  };
  const alone = await evaluate([]);
  // A model beside itself writes what it writes alone, with another one it does not.
  const text = async (sha256: string) => (await data.store.read(sha256)).toString('utf8');
  const captions = async (sha256: string): Promise<unknown> =>
    (JSON.parse(await text(sha256)) as { predictions: { caption: string }[] }).predictions.map(
      ({ caption }) => caption,
    );
  expect(await captions(await evaluate([one]))).toEqual(await captions(alone));
  expect(await evaluate([two])).not.toBe(alone);
});
