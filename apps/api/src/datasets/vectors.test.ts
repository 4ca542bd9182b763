/** Word vectors from their registration to the trainings that start from them. */
import {
  callApi,
  routes,
  type Claim,
  type VectorFiles,
  type WordVectors,
} from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimNext, finish, finishAll } from '../testing/fake-trainer.js';
import { putFile, registerScenes, sha256Of, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
});
afterAll(() => api.close());

async function filesOf(content: string): Promise<VectorFiles> {
  return {
    vectorsSha256: await putFile(api, `vectors ${content}`),
    wordsSha256: await putFile(api, `words ${content}`),
  };
}

async function register(name: string, content: string): Promise<WordVectors> {
  const body = { name, ...(await filesOf(content)), words: 400_000, width: 50 };
  return callApi(api.client, routes.registerVectors, { body });
}

const bodyOf = (name: string | null, trainFrom: number | null) => {
  const base = { encoder: { kind: 'scenes-cnn' }, model: { vectors: { name, trainFrom } } };
  return { spec: sweepOf({ base, grid: {} }) };
};
const launch = (name: string | null, trainFrom: number | null = 0) =>
  callApi(api.client, routes.launchSweep, { body: bodyOf(name, trainFrom) });

/** The next task, which is a training; that of the features, if there is one, is done before. */
async function claimTraining(): Promise<Claim> {
  const claimed = await claimNext(api);
  if (claimed.work.kind !== 'features') return claimed;
  await finish(api, claimed);
  return claimNext(api);
}

test('vectors whose files are not in the store are refused', async () => {
  const { wordsSha256 } = await filesOf('some');
  const body = { name: 'glove', vectorsSha256: sha256Of('none'), wordsSha256, words: 1, width: 1 };
  await expect(callApi(api.client, routes.registerVectors, { body })).rejects.toMatchObject({
    status: 400,
    code: 'vectors-file-missing',
    message: expect.stringContaining('capgrid vectors add'),
  });
});

test('unknown vectors are named beside those that exist, in a preview too', async () => {
  await expect(launch('glove')).rejects.toMatchObject({
    status: 400,
    code: 'unknown-vectors',
    message: expect.stringContaining('there is no set of word vectors yet; add one with "capgrid'),
  });
  await register('word2vec', 'of word2vec');
  await register('fasttext', 'of fastText');
  await expect(launch('glove')).rejects.toMatchObject({
    message:
      'spec.base.model.vectors.name: there is no set of word vectors "glove"; there is fasttext, word2vec',
  });
  await expect(
    callApi(api.client, routes.previewSweep, { body: bodyOf('glove', 0) }),
  ).rejects.toMatchObject({ status: 400, code: 'unknown-vectors' });
});

test('registered vectors are listed by name; a name that is given again stands for the new files', async () => {
  const first = await register('listed', 'first');
  expect(await callApi(api.client, routes.listVectors)).toContainEqual(first);
  const second = await register('listed', 'second');
  expect(second.vectorsSha256).not.toBe(first.vectorsSha256);
  const listed = await callApi(api.client, routes.listVectors);
  expect(listed.filter(({ name }) => name === 'listed')).toEqual([second]);
});

test('a training gets the files of its vectors, and those of the same content share it', async () => {
  await register('glove', 'one');
  const sweep = await launch('glove', null);
  const training = await claimTraining();
  expect(training.work).toMatchObject({ kind: 'training', vectors: await filesOf('one') });
  await finish(api, training);
  await finishAll(api);
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: sweep.id },
  });
  const trial = await callApi(api.client, routes.getTrial, {
    params: { trialId: trials[0]?.id ?? '' },
  });
  expect(trial.training.vectorCoverage).toBe(0.96);

  await register('copy', 'one');
  await launch('copy', null);
  expect(await finishAll(api)).toEqual({});
  await register('glove', 'two');
  await launch('glove', null);
  expect(await finishAll(api)).toEqual({ training: 1, evaluation: 1 });
});

test('a training without vectors gets none, whichever are registered', async () => {
  await register('glove', 'three');
  await launch(null);
  const training = await claimTraining();
  expect(training.work).toMatchObject({ kind: 'training', vectors: null });
  await finish(api, training);
  await finishAll(api);
});
