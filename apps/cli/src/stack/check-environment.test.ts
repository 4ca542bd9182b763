import { once } from 'node:events';
import { createServer } from 'node:net';
import { findFreePort } from '@capgrid/postgres';
import { expect, test } from 'vitest';
import { ROOT } from '../env.js';
import { checkEngineStarts, checkEnvironment } from './check-environment.js';

test.each([null, 'libtorch', 'wasm', 'cpu', 'tensorflow'])(
  'the engine %s passes',
  async (engine) => {
    await checkEnvironment({ engine, queueUrl: 'postgres://127.0.0.1/capgrid' });
  },
);

test('an unknown engine is told with the known ones', async () => {
  await expect(checkEnvironment({ engine: 'abacus', queueUrl: null })).rejects.toMatchObject({
    exitCode: 2,
    message:
      'CAPGRID_ENGINE is "abacus": set it to one of libtorch, wasm, cpu, tensorflow, or leave it out for the fastest that starts.',
  });
});

test('a Redis that does not listen is told without its password', async () => {
  const port = await findFreePort();
  const queueUrl = `redis://:secret@127.0.0.1:${port}`;

  await expect(checkEnvironment({ engine: null, queueUrl })).rejects.toMatchObject({
    exitCode: 2,
    message: `Redis at 127.0.0.1:${port} does not answer (connect ECONNREFUSED 127.0.0.1:${port}): start that server or correct QUEUE_URL.`,
  });
});

test('a Redis that answers passes', async () => {
  const port = await findFreePort();
  const server = createServer((socket) => socket.on('data', () => socket.write('+PONG\r\n')));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  await checkEnvironment({ engine: null, queueUrl: `redis://127.0.0.1:${port}` });
  server.close();
});

test('an engine that starts is named', async () => {
  const variables = { ...process.env, CAPGRID_ENGINE: 'wasm' };

  expect(await checkEngineStarts(ROOT, { engine: 'wasm', variables })).toMatch(
    /^wasm \(tfjs-backend-wasm [\d.]+\) on cpu$/,
  );
});

test('an engine that was asked for and does not start is told in one sentence', async () => {
  const variables = { ...process.env, CAPGRID_ENGINE: 'wasm', CAPGRID_DEVICE: 'cuda' };

  await expect(checkEngineStarts(ROOT, { engine: 'wasm', variables })).rejects.toMatchObject({
    exitCode: 2,
    message:
      'The tensor engine, which CAPGRID_ENGINE asks for ("wasm"), does not start: ' +
      'The device "cuda" is not there. Only the engine "libtorch" takes one, not "wasm".',
  });
});
