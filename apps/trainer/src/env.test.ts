import { expect, it } from 'vitest';
import { readEnv } from './env.js';

const QUEUE_URL = 'postgres://user:secret@127.0.0.1:5432/capgrid';

it('needs no more than the queue', () => {
  expect(readEnv({ QUEUE_URL })).toMatchObject({
    env: { API_URL: 'http://127.0.0.1:7420', CAPGRID_ENGINE: null },
  });
});

it('takes an empty variable for none', () => {
  expect(readEnv({ QUEUE_URL, API_URL: '', CAPGRID_ENGINE: '' })).toMatchObject({
    env: { CAPGRID_ENGINE: null },
  });
});

it('never shows the address of the queue, which may hold a password', () => {
  const read = readEnv({ QUEUE_URL: 'mysql://user:secret@host/db', CAPGRID_ENGINE: 'abacus' });
  if ('env' in read) throw new Error('the environment is wrong, but was taken');
  expect(read.problems).not.toContain('secret');
  expect(read.problems.split('\n')).toEqual([
    'QUEUE_URL: give postgres://… or redis://…, the same as the API',
    expect.stringMatching(
      /^CAPGRID_ENGINE is "abacus": .*"libtorch"\|"wasm"\|"cpu"\|"tensorflow"$/,
    ),
  ]);
});

it('takes a device and strict float32', () => {
  expect(readEnv({ QUEUE_URL })).toMatchObject({
    env: { CAPGRID_DEVICE: null, CAPGRID_STRICT_FLOAT32: false },
  });
  expect(
    readEnv({ QUEUE_URL, CAPGRID_DEVICE: 'cuda:1', CAPGRID_STRICT_FLOAT32: '1' }),
  ).toMatchObject({ env: { CAPGRID_DEVICE: 'cuda:1', CAPGRID_STRICT_FLOAT32: true } });
  const read = readEnv({ QUEUE_URL, CAPGRID_DEVICE: 'tpu', CAPGRID_STRICT_FLOAT32: 'yes' });
  if ('env' in read) throw new Error('the environment is wrong, but was taken');
  expect(read.problems.split('\n')).toEqual([
    'CAPGRID_DEVICE is "tpu": give cpu, cuda or cuda:N',
    expect.stringMatching(/^CAPGRID_STRICT_FLOAT32 is "yes": .*"0"\|"1"$/),
  ]);
});
