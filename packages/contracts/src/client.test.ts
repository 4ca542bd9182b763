import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiError, callApi, fillPath } from './client.js';
import { routes } from './routes.js';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<{ baseUrl: string }> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { baseUrl: `http://127.0.0.1:${(started.address() as AddressInfo).port}` };
}

afterEach(() => {
  server?.close();
  server = undefined;
});

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(error)}`);
  return error;
}

describe('callApi', () => {
  test('sends parameters encoded, query and body, and parses the answer', async () => {
    const seen: string[] = [];
    const client = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end('{"total": 0, "predictions": []}');
    });
    const page = await callApi(client, routes.listPredictions, {
      params: { trialId: 'a/b' },
      query: { sort: '-ciderD', limit: 5 },
    });
    expect(page).toEqual({ total: 0, predictions: [] });
    expect(seen).toEqual(['GET /api/trials/a%2Fb/predictions?sort=-ciderD&limit=5']);
  });

  test('a problem becomes an error with its code', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'no sweep swp_x',
      code: 'not-found',
    };
    const client = await serve((_, response) => {
      response.statusCode = 404;
      response.end(JSON.stringify(problem));
    });
    const error = await failureOf(callApi(client, routes.getSweep, { params: { sweepId: 'x' } }));
    expect([error.status, error.code, error.message]).toEqual([404, 'not-found', 'no sweep swp_x']);
  });

  test('an answer of another shape is an error that names the field', async () => {
    const client = await serve((_, response) => response.end('{"sweeps": 3, "nextCursor": null}'));
    const error = await failureOf(callApi(client, routes.listSweeps));
    expect(error.code).toBe('unexpected-answer');
    expect(error.message).toContain('GET /api/sweeps');
    expect(error.message).toContain('same release');
    expect(error.message).toContain('sweeps');
  });

  test('no answer names the address and the remedy', async () => {
    const client = await serve(() => undefined);
    server?.close();
    const error = await failureOf(callApi(client, routes.listDatasets));
    expect([error.status, error.code]).toEqual([null, 'no-answer']);
    expect(error.message).toContain('./capgrid up');
  });

  test('an answer that breaks off is no answer', async () => {
    const client = await serve((_, response) => {
      response.setHeader('content-length', '100');
      response.write('{"total": 0,', () => response.destroy());
    });
    const error = await failureOf(callApi(client, routes.listDatasets));
    expect([error.status, error.code]).toEqual([null, 'no-answer']);
  });

  test('204 is null', async () => {
    const client = await serve((_, response) => {
      response.statusCode = 204;
      response.end();
    });
    const body = { token: 't', points: [] };
    expect(await callApi(client, routes.pushPoints, { params: { attemptId: 'a' }, body })).toBe(
      null,
    );
  });

  test('a missing parameter is a programming error', () => {
    expect(() => fillPath('/api/sweeps/:sweepId', {})).toThrow('needs the parameter sweepId');
  });
});
