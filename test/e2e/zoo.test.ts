/** Every decoder family, self-critical training and an ensemble, from the spec to the scores. */
import { ResultsTable, type SweepSpecInput } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestStack } from './test-stack.js';
import { TINY_SWEEP, importTinyScenes } from './tiny-scenes.js';

const DECODERS = [
  'arnn',
  'sat',
  'fcn',
  'nic',
  'tanh-rnn',
  'show-attend-tell',
  'adaptive',
  'up-down',
  'retrieval',
];

let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.up();
  await importTinyScenes(stack);
});
afterAll(() => stack.dispose());

async function launch(spec: SweepSpecInput): Promise<ResultsTable> {
  const path = await stack.writeSpec(spec);
  const { stdout } = await stack.succeed('sweep', 'launch', path, '--wait', '--json');
  return ResultsTable.parse(JSON.parse(stdout));
}

test('each family trains, decodes and is scored', async () => {
  const { base } = TINY_SWEEP;
  const model = { hidden: 16, embed: 16, attentionHidden: 8, feedForward: 32, heads: 2 };
  const table = await launch({
    ...TINY_SWEEP,
    name: 'zoo',
    base: { ...base, model },
    grid: { 'model.decoder': DECODERS },
  });
  expect(table).toMatchObject({ trialsFinished: DECODERS.length, trialsFailed: 0 });
  for (const row of table.rows) expect(row.scores.bleu1?.mean).toBeGreaterThanOrEqual(0);
});

test('rewards and ensembles share the trainings by cross-entropy', async () => {
  const table = await launch({
    ...TINY_SWEEP,
    name: 'rewarded',
    base: {
      ...TINY_SWEEP.base,
      schedule: {
        ...TINY_SWEEP.base.schedule,
        selfCritical: { maxSteps: 2, batchImages: 4, samples: 2, checkpointEvery: 2 },
      },
    },
    grid: { 'schedule.selfCritical.epochs': [0, 1], 'decode.ensemble': [1, 2] },
  });
  expect(table).toMatchObject({ trialsFinished: 4, trialsFailed: 0 });
});
