import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { forwardRequest } from './forward-request';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Browsers always send their Host header; `Request` leaves it to `fetch`. */
function ask(apiUrl: string, url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('host', new URL(url).host);
  const environment = { API_URL: apiUrl, DASHBOARD_ALLOWED_HOSTS: ['dashboard.example'] };
  return forwardRequest(new Request(url, { ...init, headers }), environment);
}

test('path, query, body and status go through, the own host name does not', async () => {
  const api = await serve((request, response) => {
    response.writeHead(201, { 'x-host': request.headers.host ?? '', 'x-url': request.url ?? '' });
    request.pipe(response);
  });
  const request = { method: 'POST', body: '{"a":1}' };
  const answer = await ask(api, 'http://dashboard.example/api/sweeps?limit=5', request);
  expect(answer.status).toBe(201);
  expect(answer.headers.get('x-url')).toBe('/api/sweeps?limit=5');
  expect(answer.headers.get('x-host')).toBe(new URL(api).host);
  expect(await answer.text()).toBe('{"a":1}');
});

test('events come one by one, not when the stream ends', async () => {
  const api = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
  const gone = new AbortController();
  const answer = await ask(api, 'http://localhost/api/events', { signal: gone.signal });
  const first = await answer.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe('data: 1\n\n');
  gone.abort();
});

test('without an API the answer is a problem that says how to start it', async () => {
  const answer = await ask('http://127.0.0.1:1', 'http://localhost/api/sweeps');
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({
    code: 'api-unreachable',
    detail: expect.stringContaining('./capgrid up'),
  });
});

test('a page of another site can change nothing', async () => {
  const request = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
  const answer = await ask(
    'http://127.0.0.1:1',
    'http://localhost/api/sweeps/swp_1/cancel',
    request,
  );
  expect(answer.status).toBe(403);
});

test('a foreign name that resolves to this machine reads nothing', async () => {
  const answer = await ask('http://127.0.0.1:1', 'http://evil.example:7421/api/sweeps');
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({
    code: 'host-not-allowed',
    detail: expect.stringContaining('"evil.example:7421" is not a name of this dashboard'),
  });
});
