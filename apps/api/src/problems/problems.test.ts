import { request } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Problem } from '@capgrid/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

type Call = {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
};
/** With any headers, which `fetch` would not allow. */
async function call({ method = 'GET', path, headers = {}, body }: Call) {
  const sent = request(new URL(path, api.client.baseUrl), {
    method,
    // As `request` would normalise a path, it is given as it is.
    path,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return {
    status: response.statusCode as number,
    type: response.headers['content-type'] as string,
    problem: Problem.parse(JSON.parse(await text(response))),
  };
}
const post = (path: string, body: unknown) =>
  call({ method: 'POST', path, body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('every error is an RFC 9457 problem', () => {
  test('an unknown route', async () => {
    const { status, type, problem } = await call({ path: '/api/nothing' });
    expect(status).toBe(404);
    expect(type).toBe('application/problem+json; charset=utf-8');
    expect(problem).toEqual({
      type: 'urn:capgrid:problem:no-such-route',
      title: 'Not found',
      status: 404,
      detail: 'There is no GET /api/nothing.',
      code: 'no-such-route',
    });
  });

  test.each([
    ['/api/sweeps/swp_x', 'sweep-not-found'],
    ['/api/sweeps/swp_x/trials', 'sweep-not-found'],
    ['/api/sweeps/swp_x/results', 'sweep-not-found'],
    ['/api/sweeps/swp_x/events', 'sweep-not-found'],
    ['/api/trials/swp_x', 'trial-not-found'],
    ['/api/trials/swp_x/predictions', 'trial-not-found'],
    ['/api/trainings/swp_x', 'training-not-found'],
    ['/api/trainings/swp_x/points', 'training-not-found'],
    ['/api/trainings/swp_x/events', 'training-not-found'],
    ['/api/evaluations/swp_x', 'evaluation-not-found'],
  ])('an unknown id in %s is named', async (path, code) => {
    const { status, problem } = await call({ path });
    expect([status, problem.code]).toEqual([404, code]);
    expect(problem.detail).toContain('"swp_x"');
  });

  test('an unknown attempt', async () => {
    const token = 'x';
    expect((await post('/api/attempts/att_x/cancelled', { token })).problem.code).toBe(
      'attempt-not-found',
    );
    expect(
      (await post('/api/attempts/att_x/heartbeat', { token, progress: null })).problem.code,
    ).toBe('attempt-not-found');
  });

  test('a wrong value is named with its path', async () => {
    const { status, problem } = await post('/api/tasks/tsk_x/claim', { trainer: 7 });
    expect([status, problem.code]).toEqual([400, 'invalid-request']);
    expect(problem.issues).toMatchObject([{ path: 'trainer', value: '7' }]);
  });

  test('an unknown key is refused', async () => {
    const { status, problem } = await post('/api/tasks/tsk_x/claim', { trainer: 'a', extra: 1 });
    expect([status, problem.issues?.[0]?.path]).toEqual([400, 'extra']);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('the key %s is refused', async (key) => {
    const body = `{"trainer":"a","${key}":{"isAdmin":true}}`;
    const { status } = await post('/api/tasks/tsk_x/claim', body);
    expect(status).toBe(400);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  test('a factor named after the prototype is refused', async () => {
    const spec = { ...sweepOf(), grid: { 'model.__proto__.x': [1] } };
    expect((await post('/api/sweeps/preview', { spec })).status).toBe(400);
  });

  test('a broken body, a body of another type and none at all', async () => {
    expect((await post('/api/sweeps', '{"spec":')).problem.code).toBe('invalid-request');
    expect((await call({ method: 'POST', path: '/api/sweeps' })).problem.code).toBe(
      'invalid-request',
    );
    const form = await call({
      method: 'POST',
      path: '/api/sweeps',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ spec: sweepOf() }),
    });
    expect(form.status).toBe(415);
    expect(form.problem).toMatchObject({
      code: 'unsupported-media-type',
      detail: 'Content-Type "text/plain" is not read here; send application/json.',
    });
  });

  test('a NUL character and a number beyond all columns are refused, not failed on', async () => {
    expect((await call({ path: '/api/sweeps/%00' })).problem.code).toBe('unstorable-value');
    const body = { trainer: 'a\u0000b' };
    expect((await post('/api/tasks/tsk_x/claim', body)).status).toBeLessThan(500);
    const spec = { ...sweepOf(), name: 'a\u0000b' };
    expect((await post('/api/sweeps', { spec })).status).toBeLessThan(500);
  });

  test('a body above 2 MB', async () => {
    const { status, problem } = await post('/api/sweeps', { spec: 'x'.repeat(2_200_000) });
    expect([status, problem.code]).toEqual([413, 'body-too-large']);
  });

  test('text where a query wants a number is named as it was written', async () => {
    const message = 'Invalid input: expected number, received "abc"';
    const { status, problem } = await call({ path: '/api/sweeps?limit=abc' });
    expect([status, problem.detail]).toEqual([400, `limit: ${message}`]);
    expect(problem.issues).toEqual([{ path: 'limit', value: '"abc"', message }]);
    const twice = await call({ path: '/api/sweeps?limit=1&limit=2' });
    expect(twice.problem.issues).toMatchObject([{ path: 'limit', value: '["1","2"]' }]);
  });

  test('a bad page size and a bad cursor', async () => {
    expect((await call({ path: '/api/sweeps?limit=1000' })).problem.issues?.[0]).toMatchObject({
      path: 'limit',
    });
    expect((await call({ path: '/api/sweeps?cursor=1;drop' })).problem.code).toBe(
      'invalid-request',
    );
    expect((await call({ path: '/api/sweeps?unknown=1' })).status).toBe(400);
  });
});

describe('only its own names', () => {
  const path = '/healthz';

  test.each(['evil.example', 'evil.example:7420', '169.254.169.254', 'localhost.evil.example'])(
    'Host %s is refused',
    async (host) => {
      const { status, problem } = await call({ path, headers: { host } });
      expect([status, problem.code]).toEqual([403, 'host-not-allowed']);
    },
  );

  test('a page of another site is refused, whatever the method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const headers = { origin: 'https://evil.example' };
      expect((await call({ method, path: '/api/sweeps', headers })).status).toBe(403);
    }
    const headers = { 'sec-fetch-site': 'cross-site' };
    const form = await call({ method: 'POST', path: '/api/sweeps/swp_x/cancel', headers });
    expect(form.status).toBe(403);
  });

  test('loopback names pass, with any port', async () => {
    for (const host of ['localhost:3000', '127.0.0.1', '[::1]:7420']) {
      const sent = request(new URL(path, api.client.baseUrl), { headers: { host } });
      sent.end();
      const [response] = await once(sent, 'response');
      response.resume();
      expect(response.statusCode).toBe(200);
    }
  });
});
