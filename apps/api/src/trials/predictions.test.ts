import {
  DecodeSpec,
  callApi,
  packAttention,
  routes,
  type AttentionMaps,
  type Prediction,
  type PredictionsFile,
  type PredictionsQuery,
} from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimNext, finish } from '../testing/fake-trainer.js';
import { putFile, registerScenes, resultOf, sha256Of, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

const prediction = (imageId: string, caption: string, ciderD: number): Prediction => ({
  imageId,
  imageSha256: sha256Of(imageId),
  fileName: `${imageId}.jpg`,
  caption,
  references: [`reference of ${imageId}`],
  logProb: -3,
  isFinished: true,
  // Not all metrics have a value for every image.
  scores:
    ciderD === 2 ? { bleu4: 0.8, ciderD } : { bleu4: 1 - ciderD / 10, meteor: ciderD / 20, ciderD },
  meteorStatistics: null,
  alternatives: [],
  similarity: null,
  attention: null,
  bleuStatistics: { testLength: 2, refLength: 3, guess: [2, 1, 0, 0], correct: [1, 0, 0, 0] },
});
const ATTENTION: AttentionMaps = {
  grid: { rows: 1, columns: 2 },
  regions: 2,
  beside: ['global'],
  words: [packAttention([0.5, 0.25, 0.25]), packAttention([0, 1, 0]), packAttention([0, 0, 1])],
};
const FILE: PredictionsFile = {
  version: 2,
  decode: DecodeSpec.parse({ beam: 1 }),
  signatures: { ciderD: 'CIDEr-D|refs:1' },
  predictions: [
    prediction('a', 'a red circle', 2),
    { ...prediction('b', 'two blue squares', 9), attention: ATTENTION },
    prediction('c', 'a RED square', 0.5),
  ],
};

let api: TestApi;
let trialId: string;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
  const spec = sweepOf({ grid: {} });
  const sweep = await callApi(api.client, routes.launchSweep, { body: { spec } });
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: sweep.id },
  });
  trialId = trials[0]?.id ?? '';
});
afterAll(() => api.close());

const list = (query: { sort?: PredictionsQuery['sort']; search?: string; limit?: number } = {}) =>
  callApi(api.client, routes.listPredictions, { params: { trialId }, query });

test('there are none before the evaluation has finished', async () => {
  expect(await list()).toEqual({ total: 0, predictions: [] });
});

test('they are sorted, searched and paged', async () => {
  await finish(api, await claimNext(api));
  await finish(api, await claimNext(api));
  const evaluation = await claimNext(api);
  const result = resultOf(evaluation, await putFile(api, JSON.stringify(FILE)));
  await callApi(api.client, routes.finishAttempt, {
    params: { attemptId: evaluation.attemptId },
    body: { token: evaluation.token, result, durationMs: 5 },
  });
  const ids = async (query: Parameters<typeof list>[0]): Promise<string> =>
    (await list(query)).predictions.map((one) => one.imageId).join('');
  expect(await ids({})).toBe('abc');
  expect(await ids({ sort: 'ciderD' })).toBe('cab');
  expect(await ids({ sort: '-ciderD' })).toBe('bac');
  expect(await ids({ sort: 'bleu4' })).toBe('bac');
  expect(await ids({ sort: 'meteor' })).toBe('cba');
  expect(await ids({ sort: '-meteor' })).toBe('bca');
  expect(await ids({ search: 'red' })).toBe('ac');
  expect(await ids({ search: 'reference of b' })).toBe('b');
  const [a, b] = (await list()).predictions;
  expect([a?.attention, b?.attention]).toEqual([null, ATTENTION]);
  expect(await list({ sort: 'ciderD', limit: 1 })).toMatchObject({
    total: 3,
    predictions: [{ imageId: 'c' }],
  });
});
