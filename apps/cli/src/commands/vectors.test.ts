/** `capgrid vectors` against an API that only keeps what it is given. */
import { join } from 'node:path';
import { RegisterVectorsRequest } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRegisteringApi, type RegisteringApi } from '../testing/registering-api.js';

let api: RegisteringApi<RegisterVectorsRequest>;
beforeEach(async () => {
  api = await startRegisteringApi('vectors', RegisterVectorsRequest);
});
afterEach(() => api.close());

test('text is put into the store, registered and listed', async () => {
  const path = await api.write('glove.txt', 'a 1 2 3\ndog 4 5 6\n');
  await api.run('add', '--vectors', path, '--name', 'glove');
  expect(api.printed).toEqual(['glove: 2 words, width 3']);
  expect(api.registered).toMatchObject([{ name: 'glove', words: 2, width: 3 }]);
  const words = await api.stored(api.registered[0]?.wordsSha256 ?? '');
  expect(words.toString('utf8')).toBe('["a","dog"]');
  api.printed.length = 0;
  await api.run('list');
  const digest = api.registered[0]?.vectorsSha256.slice(0, 12);
  expect(api.printed.join()).toMatch(
    new RegExp(`glove +2 +3 +${digest ?? 'none'} +2025-01-02 03:04`),
  );
});

test('safetensors come with a list of their words', async () => {
  const header = '{"vectors":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}  ';
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const bytes = Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]);
  const files = [
    await api.write('v.safetensors', bytes),
    await api.write('w.json', '{"words":["a","b"]}'),
  ];
  const [vectors = '', words = ''] = files;
  await api.run('add', '--vectors', vectors, '--words', words, '--name', 'small');
  expect(api.registered).toMatchObject([{ name: 'small', words: 2, width: 1 }]);
});

test('what cannot be read is told, and nothing is registered', async () => {
  const path = await api.write('glove.txt', 'a 1 2 3\ndog 4 x 6\n');
  await expect(api.run('add', '--vectors', path, '--name', 'glove')).rejects.toMatchObject({
    exitCode: 2,
    message: `Line 2 of ${path} has "x" for a number. Give a word and its numbers in each line.`,
  });
  const absent = join(api.folder, 'absent.txt');
  await expect(api.run('add', '--vectors', absent, '--name', 'glove')).rejects.toMatchObject({
    exitCode: 2,
    message: `Cannot read ${absent}: there is no such file.`,
  });
  expect(api.registered).toEqual([]);
});
