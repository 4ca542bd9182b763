import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, callApi, routes, type Problem } from '@capgrid/contracts';
import { expect, it } from 'vitest';
import { backOff, refusalOf } from './api-answers.js';

function answer(status: number): ApiError {
  const problem: Problem = { type: 'about:blank', title: 't', status, detail: 'd', code: 'c' };
  return new ApiError(status, 'c', 'd', problem);
}

it.each([
  [409, 'stale'],
  [404, 'stale'],
  [400, 'rejected'],
  [403, 'rejected'],
  [429, 'unreachable'],
  [503, 'unreachable'],
] as const)('a problem with status %i means %s', (status, refusal) => {
  expect(refusalOf(answer(status))).toBe(refusal);
});

it('a 404 that no API wrote may go away', () => {
  expect(refusalOf(new ApiError(404, 'unexpected-answer', 'nginx', null))).toBe('unreachable');
});

it('a success that cannot be read stays unreadable', () => {
  expect(refusalOf(new ApiError(201, 'unexpected-answer', 'another shape', null))).toBe('rejected');
});

it('a call that was ended may go well later, a mistake of the program does not', () => {
  expect(refusalOf(new DOMException('ended', 'AbortError'))).toBe('unreachable');
  expect(refusalOf(new RangeError('no'))).toBe('rejected');
  expect(refusalOf(new TypeError('x is undefined'))).toBe('rejected');
});

it('an answer that comes too late or breaks off may come later', async () => {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('heartbeat') === true) return;
    response.writeHead(200, { 'content-length': '100' });
    response.write('{', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const params = { attemptId: 'a' };
  const heartbeat = callApi(client, routes.heartbeat, {
    params,
    body: { token: 't', progress: null },
    signal: AbortSignal.timeout(20),
  });
  const cancelled = callApi(client, routes.cancelledAttempt, { params, body: { token: 't' } });
  const errors = await Promise.all(
    [heartbeat, cancelled].map((call) => call.then(String, (error: unknown) => error)),
  );
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(errors.map(refusalOf)).toEqual(['unreachable', 'unreachable']);
});

it('waits double and then stay the same', () => {
  const waits = backOff(100, 500);
  expect([1, 2, 3, 4, 5].map(() => waits.next().value)).toEqual([100, 200, 400, 500, 500]);
});
