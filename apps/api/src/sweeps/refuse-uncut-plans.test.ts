/** Trained layers of an encoder, checked against its plan before anything is computed. */
import { callApi, routes, type SweepSpecInput } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putFile, registerScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

function convolution(name: string, inp: number, out: number) {
  const files = { weight: `${name}/w`, bias: `${name}/b` };
  return { op: 'conv', name, inp, out, stride: 1, k: 1, act: 'relu', cin: 3, cout: 3, ...files };
}

/** A shortcut around the last two of three convolutions. */
const PLAN = {
  name: 'shortcut',
  input: { size: [4, 4], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 4, shape: [3, 4, 4] },
  layers: [
    convolution('one', 0, 1),
    convolution('two', 1, 2),
    convolution('three', 2, 3),
    { op: 'add', inp: [3, 1], out: 4 },
  ],
};

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
});
afterAll(() => api.close());

async function register(name: string, plan: string): Promise<void> {
  const planSha256 = await putFile(api, plan);
  const weightsSha256 = await putFile(api, 'weights');
  const body = { kind: 'plan' as const, name, planSha256, weightsSha256 };
  await callApi(api.client, routes.registerEncoder, { body });
}

function sweepWith(name: string, layers: number, grid: number[] = []): SweepSpecInput {
  const encoder = { kind: 'plan', name, fineTune: { layers } };
  return sweepOf({
    base: { encoder },
    grid: grid.length === 0 ? {} : { 'encoder.fineTune.layers': grid },
    seeds: [1, 2],
  });
}

const preview = (spec: SweepSpecInput) =>
  callApi(api.client, routes.previewSweep, { body: { spec } });
const launch = (spec: SweepSpecInput) =>
  callApi(api.client, routes.launchSweep, { body: { spec } });

test('a number of layers at which the plan cannot be cut is refused with those that work', async () => {
  await register('small', JSON.stringify(PLAN));
  const spec = sweepWith('small', 0, [0, 1, 2, 5]);
  const message = (layers: number) =>
    `the plan "shortcut" cannot be cut before its last ${layers} convolutions; use one of 0, 2, 3`;
  const path = 'spec.grid.encoder.fineTune.layers';
  const refusal = {
    status: 400,
    code: 'encoder-cannot-be-cut',
    message: `${path}: ${message(1)}; ${path}: ${message(5)}`,
    problem: {
      issues: [
        { path, value: '1', message: message(1) },
        { path, value: '5', message: message(5) },
      ],
    },
  };
  await expect(preview(spec)).rejects.toMatchObject(refusal);
  await expect(launch(spec)).rejects.toMatchObject(refusal);
  await expect(preview(sweepWith('small', 1))).rejects.toMatchObject({
    message: `spec.base.encoder.fineTune.layers: ${message(1)}`,
  });
  expect(await preview(sweepWith('small', 0, [0, 2, 3]))).toMatchObject({ trials: 6 });
});

test('the refusal names the place of the spec that gives the number', async () => {
  await register('zipped', JSON.stringify(PLAN));
  await register('ruled', JSON.stringify(PLAN));
  const option = 'encoder.fineTune.layers';
  const base = { encoder: { kind: 'plan', name: 'zipped' } };
  const previewOf = (overrides: Partial<SweepSpecInput>) =>
    preview(sweepOf({ base, grid: {}, ...overrides }));
  const refusalAt = (...issues: [path: string, value: string][]) => ({
    code: 'encoder-cannot-be-cut',
    problem: { issues: issues.map(([path, value]) => ({ path: `spec.${path}.${option}`, value })) },
  });
  await expect(
    previewOf({
      zip: [{ 'decode.beam': [1, 3] }, { [option]: [2, 5], 'schedule.labelSmoothing': [0, 0.1] }],
      when: [{ if: { 'decode.beam': 1 }, set: { 'schedule.labelSmoothing': 0.2 } }],
    }),
  ).rejects.toMatchObject(refusalAt(['zip.1', '5']));
  const rule = { if: { 'encoder.name': 'ruled' } };
  const names = { 'encoder.name': ['zipped', 'ruled'] };
  await expect(
    previewOf({ grid: { ...names, [option]: [3, 5] }, when: [{ ...rule, set: { [option]: 5 } }] }),
  ).rejects.toMatchObject(refusalAt(['grid', '5'], ['when.0.set', '5']));
  await expect(
    previewOf({
      grid: names,
      when: [
        { ...rule, set: { 'decode.beam': 3 } },
        { ...rule, grid: { [option]: [1, 2, 5] } },
        { if: { [option]: 5 }, set: { 'decode.beam': 1 } },
      ],
    }),
  ).rejects.toMatchObject(refusalAt(['when.1.grid', '1'], ['when.1.grid', '5']));
});

test('a plan that cannot be read is refused where layers of it are to be trained', async () => {
  await register('none', '{}');
  await expect(preview(sweepWith('none', 2))).rejects.toMatchObject({
    status: 400,
    code: 'encoder-plan-unusable',
    message: expect.stringMatching(
      /^spec\.base\.encoder\.name: the plan of the encoder "none" cannot be used: name is missing; expected string; .* register it again/,
    ),
  });
  expect(await preview(sweepWith('none', 0))).toMatchObject({ trials: 2 });
});
