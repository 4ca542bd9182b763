/** `capgrid encoder` against an API that only keeps what it is given. */
import { RegisterEncoderRequest } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRegisteringApi, type RegisteringApi } from '../testing/registering-api.js';

let api: RegisteringApi<RegisterEncoderRequest>;
beforeEach(async () => {
  api = await startRegisteringApi('encoder', RegisterEncoderRequest);
});
afterEach(() => api.close());

const PLAN = JSON.stringify({
  name: 'small',
  input: { size: [2, 2], channels: 'RGB', range: 'x' },
  input_tensor: 0,
  feature_map: { tensor: 1, shape: [3, 1, 1] },
  layers: [{ op: 'avgpool', inp: 0, out: 1 }],
});

/** Safetensors with one array [2, 3] of zeros. */
function regions(): Buffer {
  const header = '{"1.jpg":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}';
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(24)]);
}

test('a file of features is put into the store, registered and listed beside a plan', async () => {
  const file = await api.write('regions.safetensors', regions());
  const plan = await api.write('plan.json', PLAN);
  await api.run('add', '--features', file, '--name', 'bottom-up');
  await api.run('add', '--plan', plan, '--weights', file, '--name', 'small');
  const [features, second] = api.registered;
  if (features?.kind !== 'features' || second?.kind !== 'plan') throw new Error('of other kinds');
  expect([features.name, second.name]).toEqual(['bottom-up', 'small']);
  expect(await api.stored(features.precomputedSha256)).toEqual(regions());
  expect((await api.stored(second.planSha256)).toString('utf8')).toBe(PLAN);
  expect(api.printed[0]).toBe(
    `bottom-up: features of 1 image, 2 x 3 numbers in each, file ${features.precomputedSha256}`,
  );
  api.printed.length = 0;
  await api.run('list');
  const digest = features.precomputedSha256.slice(0, 12);
  expect(api.printed.join()).toMatch(new RegExp(`bottom-up +features +${digest} +2025-01-02`));
  expect(api.printed.join()).toMatch(
    new RegExp(`small +plan +${second.planSha256.slice(0, 12)} +${digest} +2025-01-02`),
  );
});

test.each([[[]], [['--plan', 'a']], [['--weights', 'a']], [['--plan', 'a', '--features', 'b']]])(
  'the options %j are no encoder',
  async (options) => {
    await expect(api.run('add', '--name', 'x', ...options)).rejects.toMatchObject({
      exitCode: 2,
      message: 'Give either --plan and --weights, or --features.',
    });
  },
);

test('a broken file is told, and nothing is registered', async () => {
  const file = await api.write('regions.safetensors', regions().subarray(0, -1));
  const added = api.run('add', '--features', file, '--name', 'bottom-up');
  await expect(added).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('was cut short'),
  });
  expect(api.registered).toEqual([]);
});
