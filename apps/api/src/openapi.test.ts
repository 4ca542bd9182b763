import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { routes } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestApi, type TestApi } from './testing/start-test-api.js';

let api: TestApi;
const Served = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
let served: z.infer<typeof Served>;
beforeAll(async () => {
  api = await startTestApi();
  const response = await fetch(`${api.client.baseUrl}/api/openapi.json`);
  served = Served.parse(await response.json());
});
afterAll(() => api.close());

// The built program, since its decorators' metadata is what counts: run "npm run build" first.
const writer = fileURLToPath(new URL('../dist/write-openapi.js', import.meta.url));
test('the committed document is what the sources say', ({ skip }) => {
  skip(!existsSync(writer), 'apps/api is not built: npm run build');
  const check = spawnSync(process.execPath, [writer, '--check'], { encoding: 'utf8', env: {} });
  expect([check.status, check.stderr]).toEqual([0, '']);
});

test('every route of the contracts is in it, and no route without', () => {
  const documented = Object.entries(served.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const contracted = Object.values(routes).map(
    ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  const streams = [
    'GET /api/sweeps/{sweepId}/events',
    'GET /api/trainings/{trainingId}/events',
    'GET /api/images/{sha256}',
  ];
  expect(documented.toSorted()).toEqual([...contracted, ...streams].toSorted());
});

test('every reference in it leads somewhere', () => {
  const names = [...JSON.stringify(served).matchAll(/#\/components\/schemas\/(\w+)/g)];
  const known = Object.keys(served.components.schemas);
  expect(
    [...new Set(names.map((match) => match[1]))].filter((n) => !known.includes(n ?? '')),
  ).toEqual([]);
});

test('people can read it at /api/docs', async () => {
  const page = await fetch(`${api.client.baseUrl}/api/docs`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toContain('text/html');
});
