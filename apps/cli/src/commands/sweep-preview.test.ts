/** `capgrid sweep preview`, and what `launch` tells of it, against an API that answers with one preview. */
import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expandSweep, SweepSpec, type Health, type SweepPreview } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../testing/run-command.js';

const SPEC = SweepSpec.parse({
  name: 'odd',
  dataset: 'scenes',
  base: { encoder: { kind: 'scenes-cnn' }, model: { decoder: 'sat' } },
  grid: { 'model.hidden': [66, 64] },
});

let folder: string;
let server: Server;
let spec: SweepSpec;
let printed: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-preview-'));
  printed = [];
  server = createServer((request, response) => {
    const health: Health = { status: 'ok', version: '1', parts: {} };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(request.url === '/healthz' ? health : previewOf(spec)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** Of work that nobody has done before. */
function previewOf(given: SweepSpec): SweepPreview {
  const { cells, dropped, factors, notes } = expandSweep(given);
  return {
    trials: cells.length,
    trainings: cells.length,
    newTrainings: cells.length,
    pendingTrainings: 0,
    reusedTrainings: 0,
    newEvaluations: cells.length,
    pendingEvaluations: 0,
    reusedEvaluations: 0,
    newFeatureSets: 1,
    pendingFeatureSets: 0,
    reusedFeatureSets: 0,
    factors,
    cells: cells.map(({ assignment, seed }) => ({ assignment, seed, isReused: false })),
    dropped,
    notes,
  };
}

async function preview(given: SweepSpec, ...options: string[]): Promise<void> {
  spec = given;
  const path = join(folder, 'sweep.json');
  await writeFile(path, JSON.stringify(given));
  await runCommand({ server, home: folder, printed }, 'sweep', ['preview', path, ...options]);
}

test('lists the trials, then why other cells are none', async () => {
  await preview(SPEC);
  expect(printed.join()).toMatch(/^1 trial, 1 training\n[^]*hidden[^]*\n *64 [^]*\ndropped: /);
  expect(printed.join()).toContain(
    'dropped: model.hidden=66, seed 1: invalid, model.heads is 8: model.hidden (66) must be a multiple of model.heads (8)',
  );
});

test.each([[[]], [['--json']]])(
  'a sweep without a valid cell is shown, and a fault of its file, with %j',
  async (options) => {
    await expect(
      preview({ ...SPEC, grid: { 'model.hidden': [66] } }, ...options),
    ).rejects.toMatchObject({
      exitCode: 2,
      message:
        'every cell of the sweep is dropped, so it cannot be launched. Change what the reasons name.',
    });
    expect(printed.join()).toContain('must be a multiple of model.heads (8)');
  },
);

test('of all cells that are dropped for one fault the offending value is told', async () => {
  const model = { decoder: 'sat', positions: 'fixed', heads: 1 };
  const base = { ...SPEC.base, model };
  const grid = { 'model.hidden': [512, 513] };
  await preview({ ...SPEC, base, grid, seeds: [1, 2] });
  expect(printed.join()).toContain(
    'dropped 2 cells: invalid, model.hidden is 513: must be even with fixed positions, one half is sines, the other cosines\n  model.hidden=513, seeds 1, 2',
  );
});

test('a level that a trial does not read is a dash, and what is said in vain is told', async () => {
  await preview({
    ...SPEC,
    grid: { 'decode.temperature': [0.5, 1] },
    exclude: [{ 'decode.beam': 4 }],
  });
  const lines = printed.join().split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/^ *- +1 +new$/));
  expect(lines.slice(-2)).toEqual([
    'note: grid.decode.temperature is [0.5,1]: no trial reads it beside its other options, so it changes nothing',
    'note: exclude.0 is {"decode.beam":4}: it matches no cell, so the rule changes nothing',
  ]);
});

test('a launch tells what the spec says in vain', async () => {
  spec = { ...SPEC, exclude: [{ 'decode.beam': 4 }] };
  const path = join(folder, 'sweep.json');
  await writeFile(path, JSON.stringify(spec));
  const told: string[] = [];
  // The API of this test launches nothing: it answers with a preview there too.
  const launched = runCommand({ server, home: folder, printed, told }, 'sweep', ['launch', path]);
  await expect(launched).rejects.toThrow();
  expect(told).toContain(
    'note: exclude.0 is {"decode.beam":4}: it matches no cell, so the rule changes nothing',
  );
});
