import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSpec } from './read-spec.js';

const SPEC = `
name: small
dataset: scenes
base:
  encoder: { kind: scenes-cnn }
  data: { minCount: 2 }
grid:
  model.attention.kind: [none, mlp]
`;

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-spec-'));
  path = join(folder, 'small.yaml');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('--limit sets base.data.limit and leaves its neighbours alone', async () => {
  await writeFile(path, SPEC);

  const spec = await readSpec(path, { limit: 500 });

  expect(spec.base.data).toEqual({ minCount: 2, limit: 500 });
});

test('every fault is told with path, value and what is allowed', async () => {
  await writeFile(path, SPEC.replace('[none, mlp]', '[none, mlpp]').replace('minCount: 2', 'x: 1'));

  await expect(readSpec(path, { limit: null })).rejects.toMatchObject({
    code: 'bad-spec',
    exitCode: 2,
    message: expect.stringMatching(
      /small\.yaml is no valid sweep, it has 2 faults:\n {2}base\.data\.x is 1: .+\n {2}grid\.model\.attention\.kind is "mlpp": .*"mlp"/s,
    ),
  });
});

test('a limit that the spec does not allow is told as such', async () => {
  await writeFile(path, SPEC);

  await expect(readSpec(path, { limit: 1 })).rejects.toMatchObject({
    message: expect.stringContaining('small.yaml with --limit is no valid sweep'),
  });
});

test('a missing file is named', async () => {
  await expect(readSpec(path, { limit: null })).rejects.toMatchObject({
    exitCode: 2,
    message: `Cannot read ${path}: there is no such file.`,
  });
});
