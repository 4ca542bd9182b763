/** Encoders, above all features of other programs, from their registration to the task that uses them. */
import { callApi, routes, type Claim, type Encoder } from '@capgrid/contracts';
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

async function registerFeatures(name: string, content: string): Promise<Encoder> {
  const precomputedSha256 = await putFile(api, content);
  const body = { kind: 'features' as const, name, precomputedSha256 };
  return callApi(api.client, routes.registerEncoder, { body });
}

async function registerPlan(name: string): Promise<Encoder> {
  const planSha256 = await putFile(api, 'a plan');
  const weightsSha256 = await putFile(api, 'weights');
  const body = { kind: 'plan' as const, name, planSha256, weightsSha256 };
  return callApi(api.client, routes.registerEncoder, { body });
}

const launch = (kind: string, name: string) =>
  callApi(api.client, routes.launchSweep, {
    body: { spec: sweepOf({ base: { encoder: { kind, name } }, grid: {} }) },
  });

/** Of a launch whose features are not known yet. */
async function claimFeatures(): Promise<Claim> {
  const claimed = await claimNext(api);
  await finish(api, claimed);
  await finishAll(api);
  return claimed;
}

test('features whose file is not in the store are refused', async () => {
  const body = { kind: 'features' as const, name: 'regions', precomputedSha256: sha256Of('none') };
  await expect(callApi(api.client, routes.registerEncoder, { body })).rejects.toMatchObject({
    status: 400,
    code: 'encoder-file-missing',
    message: expect.stringContaining('capgrid encoder add'),
  });
});

test('unknown features are named beside those that exist, and not beside plans', async () => {
  await registerPlan('mobilenet');
  await expect(launch('features', 'mobilenet')).rejects.toMatchObject({
    status: 400,
    code: 'unknown-features',
    message:
      'spec.base.encoder.name: there is no set of features yet; add one with "capgrid encoder add --features"',
  });
  await registerFeatures('grid', 'a grid');
  await registerFeatures('bottom-up', 'regions');
  await expect(launch('features', 'mobilenet')).rejects.toMatchObject({
    message:
      'spec.base.encoder.name: there is no set of features "mobilenet"; there is bottom-up, grid',
  });
  await expect(launch('plan', 'grid')).rejects.toMatchObject({
    code: 'unknown-encoder',
    message: 'spec.base.encoder.name: there is no encoder "grid"; there is mobilenet',
  });
});

test('a name that is given again stands for the new files, of either kind', async () => {
  const plan = await registerPlan('changing');
  const features = await registerFeatures('changing', 'new');
  const listed = async () =>
    (await callApi(api.client, routes.listEncoders)).filter(({ name }) => name === 'changing');
  expect(features).toMatchObject({ kind: 'features', precomputedSha256: sha256Of('new') });
  expect(await listed()).toEqual([features]);
  expect(await registerPlan('changing')).toEqual({ ...plan, createdAt: features.createdAt });
});

test('the task of the features gets their file, and the same content is the same work', async () => {
  await registerFeatures('regions', 'one');
  await launch('features', 'regions');
  expect((await claimFeatures()).work).toMatchObject({
    kind: 'features',
    encoder: { kind: 'features', name: 'regions' },
    plan: null,
    precomputedSha256: sha256Of('one'),
  });

  await registerFeatures('copy', 'one');
  await launch('features', 'copy');
  expect(await finishAll(api)).toEqual({});
  await registerFeatures('regions', 'two');
  await launch('features', 'regions');
  expect(await finishAll(api)).toEqual({ features: 1, training: 1, evaluation: 1 });
});

test('the task of a plan gets its files and no features', async () => {
  await registerPlan('mobilenet');
  await launch('plan', 'mobilenet');
  expect((await claimFeatures()).work).toMatchObject({
    plan: { planSha256: sha256Of('a plan'), weightsSha256: sha256Of('weights') },
    precomputedSha256: null,
  });
});
