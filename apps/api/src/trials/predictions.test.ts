import {
  DecodeSpec,
  callApi,
  routes,
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
  bleuStatistics: { testLength: 2, refLength: 3, guess: [2, 1, 0, 0], correct: [1, 0, 0, 0] },
});
const FILE: PredictionsFile = {
  version: 2,
  decode: DecodeSpec.parse({ beam: 1 }),
  signatures: { ciderD: 'CIDEr-D|refs:1' },
  predictions: [
    prediction('a', 'a red circle', 2),
    prediction('b', 'two blue squares', 9),
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
  await finish(api.client, await claimNext(api));
  await finish(api.client, await claimNext(api));
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
  expect(await list({ sort: 'ciderD', limit: 1 })).toMatchObject({
    total: 3,
    predictions: [{ imageId: 'c' }],
  });
});
