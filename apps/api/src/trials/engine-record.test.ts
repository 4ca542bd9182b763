import { callApi, routes, type Sweep, type Trial } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { finishAll } from '../testing/fake-trainer.js';
import { launchScenes } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let sweep: Sweep;
beforeEach(async () => {
  api = await startTestApi();
  sweep = await launchScenes(api);
  await finishAll(api);
});
afterEach(() => api.close());

async function readTrial(): Promise<Trial> {
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: sweep.id },
  });
  return callApi(api.client, routes.getTrial, { params: { trialId: trials[0]?.id ?? '' } });
}

test('a trial says on which engine, device, BLAS and threads it was computed', async () => {
  const engine = {
    name: 'libtorch',
    version: 'libtorch 1.13.0',
    device: 'cpu',
    threads: 2,
    blas: 'OpenBLAS 0.3.21',
  };
  await api.database.query('UPDATE trainings SET engine = $1', [JSON.stringify(engine)]);

  expect((await readTrial()).training.engine).toEqual(engine);
});

test('a result of before the BLAS was recorded stays readable', async () => {
  await api.database.query("UPDATE trainings SET engine = engine - 'blas'");
  await api.database.query("UPDATE evaluations SET engine = engine - 'blas'");

  const { training, evaluation } = await readTrial();
  expect(training.engine).toMatchObject({ name: 'wasm', blas: null });
  expect(evaluation.engine).toMatchObject({ name: 'wasm', blas: null });
});
