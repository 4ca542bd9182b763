/**
 * `kill -9` of each part, and an orderly stop, in the middle of a training. Whatever ends, the sweep
 * completes, each cell has exactly one result, and the weights are those of an undisturbed training.
 */
import {
  callApi,
  ResultsTable,
  routes,
  type Attempt,
  type Point,
  type Trial,
} from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CapgridProcess } from './capgrid-process.js';
import { followPoints, readUntil } from './event-stream.js';
import { descendantsOf, untilGone } from './processes.js';
import { TestStack } from './test-stack.js';
import { BATCH_SIZE, FIRST_CHECKPOINT, importTinyScenes, longSweep } from './tiny-scenes.js';

const SEEDS = { child: 1, trainer: 2, api: 3, postgres: 4, supervisor: 5, stopped: 6 };

/** Long enough that a kill, sent when the curve shows the second checkpoint, comes before the end. */
const TRAINING_SECONDS = 3;
const LEAST_STEPS = 300;

let stack: TestStack;
let supervisor: CapgridProcess;
/** Updates of each training. */
let steps: number;
/** Weights of the trainings that took more than one attempt, by seed. */
const weights = new Map<number, string | null>();

beforeAll(async () => {
  stack = await TestStack.create();
  supervisor = await stack.up();
  await importTinyScenes(stack);
  steps = await stepsIn(TRAINING_SECONDS);
});
afterAll(() => stack.dispose());

test('a killed computing process: its attempt failed, the next one goes on from the checkpoint', async () => {
  const training = await startTraining(SEEDS.child);
  const children = descendantsOf(partPid('trainer'));
  expect(children).toHaveLength(1);

  children.forEach((pid) => process.kill(pid, 'SIGKILL'));
  const rest = await training.restOfCurve();

  const trial = await training.finished();
  const [killed, last] = attemptsOf(trial, 'training');
  expect(killed).toMatchObject({
    status: 'failed',
    failure: { code: 'child-crashed', isRetryable: true },
  });
  expect(killed?.failure?.message).toContain('was ended by SIGKILL');
  expect(last).toMatchObject({ status: 'finished', number: 2 });
  expectResumed(rest);
});

test('a killed trainer: its child ends with it, it is started again, and the lost attempt is made up', async () => {
  const training = await startTraining(SEEDS.trainer);
  const trainer = partPid('trainer');
  const children = descendantsOf(trainer);
  expect(children).toHaveLength(1);

  process.kill(trainer, 'SIGKILL');
  await untilGone([trainer, ...children]);
  const restarted = await stack.nextPartPid('trainer', trainer);
  expect(supervisor.stderr).toContain('trainer ended (SIGKILL); starting it again in 1 s');
  // Nobody says that the attempt has ended, so its lease must run out first.
  const rest = await training.restOfCurve();

  const trial = await training.finished();
  const attempts = attemptsOf(trial, 'training');
  expect(attempts.map(({ status }) => status)).toEqual(['lost', 'finished']);
  expect(attempts[0]?.trainer).toMatch(new RegExp(`:${trainer}$`));
  expect(attempts[1]?.trainer).toMatch(new RegExp(`:${restarted}$`));
  expectResumed(rest);
});

test('a killed API: the training goes on meanwhile and no point of its curve is missing', async () => {
  const training = await startTraining(SEEDS.api);
  const api = partPid('api');

  process.kill(api, 'SIGKILL');
  await stack.nextPartPid('api', api);

  const trial = await training.finished();
  expect(attemptsOf(trial, 'training').map(({ status }) => status)).toEqual(['finished']);
});

test('a killed Postgres: it recovers its data, and the training keeps its lease', async () => {
  const training = await startTraining(SEEDS.postgres);
  const postgres = stack.postgresPid();

  process.kill(postgres, 'SIGKILL');
  await supervisor.said(/postgres ended; starting it again/);

  const trial = await training.finished();
  expect(stack.postgresPid()).not.toBe(postgres);
  expect(attemptsOf(trial, 'training').map(({ status }) => status)).toEqual(['finished']);
});

test('a killed supervisor: the next up stops what it left, keeps Postgres, and the sweep completes', async () => {
  const training = await startTraining(SEEDS.supervisor);
  const leftovers = ['api', 'trainer', 'dashboard'].map(partPid);
  const postgres = stack.postgresPid();

  supervisor.kill('SIGKILL');
  await supervisor.ended();
  expect(stack.allPids()).toEqual(expect.arrayContaining([...leftovers, postgres]));
  supervisor = await stack.up();

  expect(supervisor.stderr).toContain(
    'stopped what a killed capgrid left running: dashboard, trainer, api',
  );
  expect(supervisor.stderr).toMatch(/^postgres .*, ran already$/m);
  await untilGone(leftovers);
  expect(stack.postgresPid()).toBe(postgres);
  const trial = await training.finished();
  // Stopped in order, the trainer hands the task back with a checkpoint.
  expect(attemptsOf(trial, 'training').map(({ status }) => status)).toEqual([
    'cancelled',
    'finished',
  ]);
});

test('a stack that is stopped and started again goes on with its sweep', async () => {
  const training = await startTraining(SEEDS.stopped);
  const pids = stack.allPids();

  expect((await stack.run('down')).exitCode).toBe(0);
  expect(await supervisor.ended()).toMatchObject({ exitCode: 143 });
  await untilGone(pids);
  supervisor = await stack.up();

  const trial = await training.finished();
  expect(attemptsOf(trial, 'training').map(({ status }) => status)).toEqual([
    'cancelled',
    'finished',
  ]);
});

test('the weights of every interrupted training are those of an undisturbed one, bit for bit', async () => {
  await stack.succeed('down');
  const calm = await TestStack.create();
  try {
    await calm.up();
    await importTinyScenes(calm);
    const seeds = [...weights.keys()];
    expect(seeds).toEqual([SEEDS.child, SEEDS.trainer, SEEDS.supervisor, SEEDS.stopped]);
    const spec = await calm.writeSpec(longSweep('calm', seeds, steps));
    const launched = calm.start('sweep', 'launch', spec, '--wait');
    const [, sweepId = ''] = await launched.said(/^sweep (\S+)$/m);
    expect((await launched.ended()).exitCode).toBe(0);
    const trials = await calm.trials(sweepId);
    const expected = trials.map(({ seed, training }) => [seed, training.weightsSha256]);
    expect(new Set(expected.map(([, sha256]) => sha256)).size).toBe(seeds.length);
    expect([...weights]).toEqual(expected);
  } finally {
    await calm.dispose();
  }
});

/** How many updates this machine makes in a time, as far as a short training tells. */
async function stepsIn(seconds: number): Promise<number> {
  const spec = longSweep('short', [0], FIRST_CHECKPOINT);
  const file = await stack.writeSpec(spec);
  const { stdout } = await stack.succeed('sweep', 'launch', file, '--wait', '--json');
  const { trainingId } = await onlyTrial(ResultsTable.parse(JSON.parse(stdout)).sweepId);
  const { points } = await callApi(stack.client, routes.listPoints, { params: { trainingId } });
  const rates = points.filter(({ name }) => name === 'train/captions-per-second');
  const stepsPerSecond = Math.max(...rates.map(({ value }) => value)) / BATCH_SIZE;
  const checkpoints = Math.ceil((seconds * stepsPerSecond) / FIRST_CHECKPOINT);
  // The machine may have been busy just now.
  return Math.max(LEAST_STEPS, checkpoints * FIRST_CHECKPOINT);
}

interface RunningTraining {
  /** Points from now on until the last step. */
  restOfCurve(): Promise<Point[]>;
  /** Waits for the end of the sweep, and checks what holds after any kill. */
  finished(): Promise<Trial>;
}

/** Launches a sweep of one training and returns when its first checkpoint is on record. */
async function startTraining(seed: number): Promise<RunningTraining> {
  const spec = await stack.writeSpec(longSweep(`seed ${seed}`, [seed], steps));
  const launched = stack.start('sweep', 'launch', spec, '--wait');
  const [, sweepId = ''] = await launched.said(/^sweep (\S+)$/m);
  const { trainingId } = await onlyTrial(sweepId);
  const points = followPoints(stack.apiUrl, trainingId);
  // Reports keep their order: what comes before the second validation has been taken.
  await readUntil(points, ({ name, step }) => name === 'val/perplexity' && step > FIRST_CHECKPOINT);
  return {
    restOfCurve: () =>
      readUntil(points, ({ name, step }) => name === 'val/perplexity' && step === steps),
    async finished() {
      expect(await launched.ended()).toMatchObject({ exitCode: 0 });
      // A killed API has broken the stream.
      await points.return().catch(() => undefined);
      const trial = await onlyTrial(sweepId);
      expect(trial.status).toBe('finished');
      expect(finishedOf(trial, 'evaluation')).toHaveLength(1);
      expect(finishedOf(trial, 'training')).toHaveLength(1);
      await expectWholeCurve(trainingId);
      if (attemptsOf(trial, 'training').length > 1) {
        weights.set(seed, trial.training.weightsSha256);
      }
      return trial;
    },
  };
}

async function onlyTrial(sweepId: string): Promise<Trial> {
  const [trial, ...others] = await stack.trials(sweepId);
  if (trial === undefined || others.length > 0) throw new Error(`${sweepId} has not one trial`);
  return trial;
}

function attemptsOf(trial: Trial, kind: Attempt['kind']): Attempt[] {
  return trial.attempts.filter((attempt) => attempt.kind === kind);
}

function finishedOf(trial: Trial, kind: Attempt['kind']): Attempt[] {
  return attemptsOf(trial, kind).filter(({ status }) => status === 'finished');
}

/** Each tenth update is on the curve once; which others are depends on the speed. */
async function expectWholeCurve(trainingId: string): Promise<void> {
  const { points } = await callApi(stack.client, routes.listPoints, { params: { trainingId } });
  const told = points.filter(({ name }) => name === 'train/loss').map(({ step }) => step);
  const tenths = Array.from({ length: steps / 10 }, (_, index) => (index + 1) * 10);
  expect(told).toEqual([...new Set(told)]);
  expect(told).toEqual(expect.arrayContaining(tenths));
}

/** A training that began again would tell of its first updates once more. */
function expectResumed(points: readonly Point[]): void {
  expect(Math.min(...points.map(({ step }) => step))).toBeGreaterThan(FIRST_CHECKPOINT);
}

function partPid(name: string): number {
  const pid = stack.partPid(name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}
