import { callApi, hashJson, routes, SweepSpec, type SweepSpecInput } from '@capgrid/contracts';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryRows } from '../database/query-rows.js';
import { finishAll } from '../testing/fake-trainer.js';
import {
  JPEG,
  manifestOf,
  putFile,
  registerScenes,
  sha256Of,
  sweepOf,
} from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
});
afterAll(() => api.close());

const launch = (spec: SweepSpecInput, headers: Record<string, string> = {}) =>
  callApi(api.client, routes.launchSweep, { body: { spec }, headers });
const preview = (spec: SweepSpecInput) =>
  callApi(api.client, routes.previewSweep, { body: { spec } });
const count = async (table: string): Promise<number> => {
  const [row] = await queryRows(
    api.database,
    z.object({ rows: z.int() }),
    `SELECT count(*)::integer AS rows FROM ${table}`,
  );
  return row?.rows ?? 0;
};

describe('what cannot be launched', () => {
  test('an unknown dataset is named beside those that exist', async () => {
    await expect(launch(sweepOf({ dataset: 'coco' }))).rejects.toMatchObject({
      status: 400,
      code: 'unknown-dataset',
      message: expect.stringContaining('there is no dataset "coco"; there is scenes'),
    });
  });

  test('an unknown encoder is named', async () => {
    const spec = sweepOf({ base: { encoder: { kind: 'plan', name: 'mobilenet' } } });
    await expect(launch(spec)).rejects.toMatchObject({ status: 400, code: 'unknown-encoder' });
  });

  test('an unknown published table is named beside those that there are', async () => {
    await expect(launch(sweepOf({ published: ['bazzani-2018'] }))).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(
        'there is no published table "bazzani-2018"; there is bazzani-2018-table-1, ',
      ),
    });
  });

  test('an unknown option answers with its path, its value and what is allowed', async () => {
    const spec = sweepOf({ grid: { 'model.attention.kind': ['dto'] } });
    await expect(launch(spec)).rejects.toMatchObject({
      status: 400,
      code: 'invalid-request',
      problem: {
        issues: [
          {
            path: 'spec.grid.model.attention.kind',
            value: '"dto"',
            message: expect.stringContaining('multihead'),
          },
        ],
      },
    });
  });

  test('a preview notes what the spec says in vain, and trials lack the levels they do not read', async () => {
    const spec = sweepOf({
      grid: { 'decode.temperature': [0.5] },
      exclude: [{ 'decode.beam': 4 }],
    });
    const { notes, cells } = await preview(spec);
    expect(notes.map(({ path }) => path)).toEqual(['grid.decode.temperature', 'exclude.0']);
    expect(cells.map(({ assignment }) => assignment)).toEqual([{}]);
  });

  test.each([
    [1, 'The only cell of the sweep was dropped; change what the reason names.'],
    [2, 'All 2 cells of the sweep were dropped; change what the reasons name.'],
  ])(
    'a sweep whose cells are all excluded gives the reasons, seeds 1 to %d',
    async (last, detail) => {
      const spec = sweepOf({
        grid: { 'decode.beam': [1] },
        exclude: [{ 'decode.beam': 1 }],
        seeds: Array.from({ length: last }, (_, index) => index + 1),
      });
      await expect(launch(spec)).rejects.toMatchObject({
        status: 400,
        code: 'no-valid-cells',
        message: detail,
        problem: { issues: [{ message: 'matches the exclude rule decode.beam=1' }] },
      });
    },
  );

  test('a sweep whose cells are all invalid names option and value; its preview shows them', async () => {
    const grid = { 'model.attention.heads': [3, 5] };
    const base = { encoder: { kind: 'scenes-cnn' }, model: { attention: { kind: 'multihead' } } };
    const spec = sweepOf({ base, grid, seeds: [1, 2] });
    const issues = ['3', '5'].map((value) => ({
      path: 'model.attention.heads',
      value,
      message: `model.hidden (512) must be a multiple of model.attention.heads (${value})`,
    }));
    await expect(launch(spec)).rejects.toMatchObject({
      status: 400,
      code: 'no-valid-cells',
      problem: { issues },
    });
    const { trials, dropped } = await preview(spec);
    expect(trials).toBe(0);
    expect(dropped.map((cell) => cell.issues)).toEqual(
      issues.flatMap((issue) => [[issue], [issue]]),
    );
  });

  test('a dataset without images in a split that a cell needs is named with the split', async () => {
    const manifest = manifestOf('no test images', await putFile(api, JPEG));
    const images = manifest.images.filter((image) => image.split !== 'test');
    const digest = await putFile(api, JSON.stringify({ ...manifest, images }));
    await callApi(api.client, routes.registerDataset, { body: { name: 'untested', digest } });
    const spec = sweepOf({ dataset: 'untested' });
    const refusal = {
      status: 400,
      code: 'empty-split',
      message: 'the dataset "untested" has no images in its test split; import it with some',
    };
    await expect(launch(spec)).rejects.toMatchObject(refusal);
    await expect(preview(spec)).rejects.toMatchObject(refusal);
    const onVal = await preview({ ...spec, grid: { 'decode.split': ['val'] } });
    expect(onVal.trials).toBe(1);
  });

  test('an encoder that learns from drawn objects is refused for photographs', async () => {
    const manifest = manifestOf('photographs', await putFile(api, JPEG));
    const images = manifest.images.map((image) => ({ ...image, objects: null }));
    const digest = await putFile(api, JSON.stringify({ ...manifest, images }));
    await callApi(api.client, routes.registerDataset, { body: { name: 'photos', digest } });
    const refusal = {
      status: 400,
      code: 'encoder-does-not-fit',
      message: expect.stringMatching(/"scenes-cnn".*"photos"/),
    };
    const spec = sweepOf({ dataset: 'photos' });
    await expect(launch(spec)).rejects.toMatchObject(refusal);
    await expect(preview(spec)).rejects.toMatchObject(refusal);
  });

  test('twenty-four thousand cells are refused before any work', async () => {
    const spec = sweepOf({
      grid: { 'decode.beam': Array.from({ length: 24 }, (_, index) => index + 1) },
      seeds: Array.from({ length: 1000 }, (_, seed) => seed),
    });
    await expect(launch(spec)).rejects.toMatchObject({ status: 400, code: 'sweep-too-large' });
    expect(await count('sweeps')).toBe(0);
  });
});

describe('idempotency', () => {
  test('the same key and spec give the same sweep, even at once', async () => {
    const headers = { 'Idempotency-Key': 'nightly 1' };
    const sweeps = await Promise.all([1, 2, 3].map(() => launch(sweepOf(), headers)));
    expect(new Set(sweeps.map((sweep) => sweep.id)).size).toBe(1);
    expect((await launch(sweepOf(), headers)).id).toBe(sweeps[0]?.id);
    await expect(launch(sweepOf({ name: 'other' }), headers)).rejects.toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
  });
});

test('a request is known again by what was sent, without the rows of the tables that it names', async () => {
  const spec = sweepOf({ published: ['bazzani-2018-table-1'] });
  const { id } = await launch(spec, { 'Idempotency-Key': 'with a table' });
  const rows = await queryRows(
    api.database,
    z.object({ request_sha256: z.string() }),
    'SELECT request_sha256 FROM sweeps WHERE id = $1',
    [id],
  );
  expect(rows).toEqual([{ request_sha256: hashJson(SweepSpec.parse(spec)) }]);
});

describe('many at once', () => {
  test('overlapping sweeps launched together share work and do not block each other', async () => {
    const before = await count('sweeps');
    const beams = [
      [1, 2, 3],
      [3, 4],
      [4, 5, 1],
      [2, 5],
    ];
    const twin = await api.startTwin();
    const sweeps = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        const kinds = index % 2 === 0 ? ['dot', 'mlp'] : ['mlp', 'dot'];
        const grid = { 'model.attention.kind': kinds, 'decode.beam': beams[index % 4] ?? [] };
        const client = index % 3 === 0 ? twin : api.client;
        const spec = sweepOf({ grid, base: { encoder: { kind: 'scenes-cnn', seed: 7 } } });
        return callApi(client, routes.launchSweep, { body: { spec } });
      }),
    );
    expect(sweeps).toHaveLength(12);
    expect(await count('sweeps')).toBe(before + 12);
    const keys = await queryRows(
      api.database,
      z.object({ evaluations: z.int(), trainings: z.int() }),
      `SELECT count(DISTINCT evaluation_id)::integer AS evaluations,
         count(DISTINCT training_id)::integer AS trainings
       FROM trials WHERE sweep_id = ANY($1)`,
      [sweeps.map((sweep) => sweep.id)],
    );
    expect(keys).toEqual([{ evaluations: 10, trainings: 2 }]);
    await finishAll(api);
  });

  test('ten thousand cells are one launch', async () => {
    const spec = sweepOf({
      name: 'large',
      base: { encoder: { kind: 'scenes-cnn', seed: 99 } },
      grid: {
        'model.attention.kind': ['none', 'dot', 'mlp', 'multihead'],
        'decode.beam': Array.from({ length: 50 }, (_, index) => index + 1),
      },
      seeds: Array.from({ length: 50 }, (_, index) => index),
    });
    const sweep = await launch(spec);
    expect(sweep.progress.trials).toMatchObject({ total: 10_000, queued: 10_000 });
    expect(sweep.progress.trainings.total).toBe(200);
  });
});

test('a plan encoder is resolved to the files it was registered with', async () => {
  const planSha256 = await putFile(api, '{"layers":[]}');
  const weightsSha256 = await putFile(api, 'weights');
  const body = { kind: 'plan' as const, name: 'mobilenet', planSha256, weightsSha256 };
  await expect(
    callApi(api.client, routes.registerEncoder, {
      body: { ...body, weightsSha256: sha256Of('not there') },
    }),
  ).rejects.toMatchObject({ status: 400, code: 'encoder-file-missing' });
  await callApi(api.client, routes.registerEncoder, { body });
  const spec = sweepOf({ base: { encoder: { kind: 'plan', name: 'mobilenet' } } });
  const sweep = await launch(spec);
  const rows = await queryRows(
    api.database,
    z.object({ plan_sha256: z.string(), weights_sha256: z.string() }),
    `SELECT plan_sha256, weights_sha256 FROM feature_sets
     JOIN sweep_tasks($1) USING (task_id)`,
    [sweep.id],
  );
  expect(rows).toEqual([{ plan_sha256: planSha256, weights_sha256: weightsSha256 }]);
});

test('a limit beyond the dataset is the same work as none', async () => {
  const base = { encoder: { kind: 'scenes-cnn', seed: 31 } };
  const limited = (limit: number | null) =>
    sweepOf({ base, grid: { 'decode.beam': [1], 'data.limit': [limit] } });
  await launch(limited(null));
  const pending = { pendingFeatureSets: 1, pendingTrainings: 1, pendingEvaluations: 1 };
  // The dataset has three images.
  expect(await preview(limited(3))).toMatchObject(pending);
  expect(await preview(limited(4000))).toMatchObject(pending);
});
