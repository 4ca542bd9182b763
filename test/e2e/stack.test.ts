/** The main job on a stack of its own: up, import, preview, launch, table, page, down. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callApi, ResultsTable, routes, SweepPreview, type Trial } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilGone } from './processes.js';
import { TestStack } from './test-stack.js';
import { importTinyScenes, TINY_SWEEP } from './tiny-scenes.js';

let stack: TestStack;
let specFile: string;

beforeAll(async () => {
  stack = await TestStack.create();
  specFile = await stack.writeSpec(TINY_SWEEP);
});
afterAll(() => stack.dispose());

/** Everything that could tell a second computation from a reused one. */
const attemptsOf = (trials: readonly Trial[]) =>
  new Set(trials.flatMap(({ attempts }) => attempts.map(({ id }) => id)));

test('--version needs no stack', async () => {
  const { stdout } = await stack.succeed('--version');
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a command that needs the stack says that it does not run', async () => {
  const { exitCode, stderr } = await stack.run('sweep', 'list');
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `capgrid: Capgrid does not run at ${stack.apiUrl}: start it with ./capgrid up.\n`,
  );
});

test('up names every part with its address and keeps running', async () => {
  const supervisor = await stack.up();
  expect(supervisor.stderr).toMatch(/^postgres +127\.0\.0\.1:\d+$/m);
  expect(supervisor.stderr).toContain(`api        ${stack.apiUrl}, queue on Postgres`);
  expect(supervisor.stderr).toMatch(/^engine {5}\S.* on /m);
  expect(supervisor.stderr).toContain('trainer    takes tasks');
  expect(supervisor.stderr).toContain(`dashboard  ${stack.dashboardUrl}`);
  expect(supervisor.stdout).toBe(
    `Capgrid is up: ${stack.dashboardUrl}  (API ${stack.apiUrl}/api/docs)\n`,
  );
  expect(supervisor.isEnded).toBe(false);
});

test('a second up says that it runs already and where', async () => {
  // What the parts start may come and go.
  const before = stack.partPids();
  const { exitCode, stdout } = await stack.run('up');
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    `Capgrid already runs: ${stack.dashboardUrl}  (API ${stack.apiUrl}/api/docs, process ${stack.supervisorPid()})\n`,
  );
  expect(stack.partPids()).toEqual(before);
});

test('doctor has a line for each part and finds all well', async () => {
  const { exitCode, stdout } = await stack.run('doctor');
  const parts = stdout
    .trimEnd()
    .split('\n')
    .map((line) => /^(ok|FAIL) +(.+?) {2,}\S/.exec(line)?.slice(1, 3));
  expect(parts).toEqual(
    [
      'Node',
      'npm packages',
      'write access',
      'disk space',
      'ports',
      'Postgres',
      'queue',
      'tensor engine',
      'scoring',
      'image codec',
      'dashboard',
    ].map((name) => ['ok', name]),
  );
  expect(exitCode).toBe(0);
});

test('a scenes dataset is drawn and registered once', async () => {
  expect(await importTinyScenes(stack)).toBe(
    'scenes: 24 train, 6 val, 8 test images, 190 captions\n',
  );
  expect(await importTinyScenes(stack)).toBe(
    'scenes: 24 train, 6 val, 8 test images, 190 captions (registered already)\n',
  );
});

test('a preview tells the work before it is done', async () => {
  const { stdout } = await stack.succeed('sweep', 'preview', specFile, '--json');
  const preview = SweepPreview.parse(JSON.parse(stdout));
  expect(preview).toMatchObject({
    trials: 4,
    trainings: 2,
    newTrainings: 2,
    reusedTrainings: 0,
    newEvaluations: 4,
    newFeatureSets: 1,
    dropped: [],
  });
});

let first: { table: ResultsTable; trials: Trial[] };

test('a sweep of two trainings and two beam sizes gives four results, each exactly once', async () => {
  const { stdout } = await stack.succeed('sweep', 'launch', specFile, '--wait', '--json');
  const table = ResultsTable.parse(JSON.parse(stdout));
  const trials = await stack.trials(table.sweepId);
  first = { table, trials };

  expect(table).toMatchObject({ trialsFinished: 4, trialsFailed: 0, trialsTotal: 4 });
  expect(table.rows.map(({ assignment }) => Object.values(assignment))).toEqual([
    ['none', 1],
    ['none', 2],
    ['dot', 1],
    ['dot', 2],
  ]);
  for (const row of table.rows) {
    expect(row).toMatchObject({ seedsFinished: 1, seedsTotal: 1, missing: [] });
    expect(Object.keys(row.scores)).toHaveLength(table.columns.length);
  }
  expect(trials.map(({ status }) => status)).toEqual(Array(4).fill('finished'));
  expect(new Set(trials.map(({ training }) => training.id)).size).toBe(2);
  expect(new Set(trials.map(({ evaluation }) => evaluation.id)).size).toBe(4);
  for (const { attempts } of trials) {
    expect(attempts.map(({ kind, status }) => [kind, status])).toEqual([
      ['features', 'finished'],
      ['training', 'finished'],
      ['evaluation', 'finished'],
    ]);
  }
});

test('its rows are compared from what the trainer kept of each image', async () => {
  const client = { baseUrl: stack.apiUrl };
  const { sweepId, rows } = first.table;
  const comparison = await callApi(client, routes.compareResults, { params: { sweepId } });
  expect(comparison).toMatchObject({ baseline: 0, images: 8, comparisons: 12, leftOut: [] });
  expect(comparison.columns.map(({ label }) => label)).toEqual([
    'B@4',
    'METEOR (exact, stem, synonym)',
    'ROUGE-L',
    'CIDEr-D',
  ]);
  for (const { row, cells } of comparison.rows) {
    for (const score of ['bleu4', 'meteor', 'rougeL', 'ciderD'] as const) {
      expect(cells[score]?.mean).toBeCloseTo(rows[row]?.scores[score]?.mean ?? -1, 9);
    }
  }
});

test('the same sweep again computes nothing and has the same numbers', async () => {
  const { stdout, stderr } = await stack.succeed('sweep', 'launch', specFile, '--wait', '--json');
  const table = ResultsTable.parse(JSON.parse(stdout));
  const trials = await stack.trials(table.sweepId);

  expect(stderr).toContain(
    'tiny: 4 trials, 2 trainings; all 2 trainings reused; all 4 evaluations reused; the feature set reused',
  );
  expect(table.sweepId).not.toBe(first.table.sweepId);
  expect(table.rows.map(({ scores }) => scores)).toEqual(
    first.table.rows.map(({ scores }) => scores),
  );
  expect(attemptsOf(trials)).toEqual(attemptsOf(first.trials));
  expect(trials.every((trial) => trial.isTrainingReused && trial.isEvaluationReused)).toBe(true);
});

test('cancel and retry of a finished sweep say that there is nothing to do', async () => {
  const { sweepId } = first.table;
  expect((await stack.succeed('sweep', 'cancel', sweepId)).stdout).toBe(
    `nothing to cancel: tiny ${sweepId} is finished\n`,
  );
  expect((await stack.succeed('sweep', 'retry', sweepId)).stdout).toBe(
    `nothing to retry: no trial of tiny ${sweepId} has failed or was cancelled\n`,
  );
});

test('status and results tell once why trials failed', async () => {
  // No caption is as short as that.
  const grid = { 'data.maxWords': [1], 'decode.beam': [1, 2] };
  const file = await stack.writeSpec({ ...TINY_SWEEP, name: 'failing', grid });
  expect((await stack.run('sweep', 'launch', file, '--wait')).exitCode).toBe(1);

  const status = await stack.succeed('sweep', 'status', 'failing');
  expect(status.stdout).toMatch(/^trials 1, 2 failed: model-input, No train captions are left/m);
  expect(status.stdout).not.toContain('dependency-failed');
  const results = await stack.succeed('sweep', 'results', 'failing');
  expect(results.stderr).toMatch(/^trials 1, 2 failed: model-input, .+\n$/);
});

test('the page of the sweep shows its table', async () => {
  const { sweepId, caption } = first.table;
  const page = await fetch(`${stack.dashboardUrl}/sweeps/${sweepId}`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain(caption);
});

test('down stops every process and leaves none behind', async () => {
  const pids = stack.allPids();
  expect(pids.length).toBeGreaterThanOrEqual(5);
  const { exitCode } = await stack.run('down');
  expect(exitCode).toBe(0);
  await untilGone(pids);
  expect(existsSync(join(stack.home, 'run/stack.json'))).toBe(false);

  const again = await stack.run('down');
  expect(again).toMatchObject({ exitCode: 0, stderr: 'Nothing runs.\n' });
});
