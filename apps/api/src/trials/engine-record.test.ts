import { callApi, routes, type Sweep, type TrainingResult, type Trial } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimNext, finishAll } from '../testing/fake-trainer.js';
import { launchScenes, putResult, resultOf, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

const ENGINE = {
  name: 'libtorch',
  version: 'libtorch 1.13.0',
  device: 'cpu',
  threads: 2,
  blas: 'OpenBLAS 0.3.21',
};
const BASE = { encoder: { kind: 'scenes-cnn' } } as const;

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

async function readCaption(): Promise<string> {
  const { caption } = await callApi(api.client, routes.getResults, {
    params: { sweepId: sweep.id },
  });
  return caption;
}

test('a trial says on which engine, device, BLAS and threads it was computed', async () => {
  await api.database.query('UPDATE trainings SET engine = $1', [JSON.stringify(ENGINE)]);

  expect((await readTrial()).training.engine).toEqual(ENGINE);
});

test('a result of before the BLAS was recorded stays readable', async () => {
  await api.database.query("UPDATE trainings SET engine = engine - 'blas'");
  await api.database.query("UPDATE evaluations SET engine = engine - 'blas'");

  const { training, evaluation } = await readTrial();
  expect(training.engine).toMatchObject({ name: 'wasm', blas: null });
  expect(evaluation.engine).toMatchObject({ name: 'wasm', blas: null });
});

test('a training that went on elsewhere names what it was begun on, and so does the table', async () => {
  const begunOn = { ...ENGINE, threads: 8 };
  sweep = await launchScenes(api, sweepOf({ base: { ...BASE, model: { hidden: 64 } }, grid: {} }));
  const claimed = await claimNext(api);
  await putResult(api, claimed);
  const engines = { engine: ENGINE, earlierEngines: [begunOn] };
  await callApi(api.client, routes.finishAttempt, {
    params: { attemptId: claimed.attemptId },
    body: {
      token: claimed.token,
      result: { ...resultOf(claimed), ...engines } as TrainingResult,
      durationMs: 1,
    },
  });
  await finishAll(api);

  expect((await readTrial()).training).toMatchObject(engines);
  expect(await readCaption()).toContain(
    'Different engines: wasm 4.22.0, cpu, 1 thread; ' +
      'libtorch 1.13.0 (OpenBLAS 0.3.21), cpu, 8 threads; ' +
      'libtorch 1.13.0 (OpenBLAS 0.3.21), cpu, 2 threads.',
  );
});

test('the table names the engines of the features and of all trainings that a score rests on', async () => {
  const both = {
    model: { hidden: 64 },
    schedule: { selfCritical: { epochs: 1 } },
    decode: { ensemble: 2 },
  };
  sweep = await launchScenes(api, sweepOf({ base: { ...BASE, ...both }, grid: {} }));
  await finishAll(api);
  // 1 and 2 are those of the sweep before, 3 to 6 two by cross-entropy and two that start from them.
  await api.database.query(
    `UPDATE trainings SET engine = jsonb_set(engine, '{threads}', to_jsonb(number))
     FROM (SELECT id, row_number() OVER (ORDER BY created_at) AS number FROM trainings) AS numbered
     WHERE numbered.id = trainings.id`,
  );
  await api.database.query("UPDATE feature_sets SET engine = jsonb_set(engine, '{threads}', '9')");

  const threads = [...(await readCaption()).matchAll(/cpu, (\d+) thread/g)].map(([, n]) =>
    Number(n),
  );
  expect(threads.toSorted((a, b) => a - b)).toEqual([1, 3, 4, 5, 6, 9]);
});
