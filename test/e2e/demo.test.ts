/** `capgrid demo` on a smaller dataset and spec, otherwise as a user runs it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsTable, type SweepSpecInput } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestStack } from './test-stack.js';
import { TINY_SCENES, TINY_SWEEP } from './tiny-scenes.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create();
});
afterAll(() => stack.dispose());

async function demo(spec: SweepSpecInput, ...options: string[]) {
  const job = { spec: await stack.writeSpec(spec), scenes: { seed: 1, ...TINY_SCENES } };
  return stack.run('small-demo', JSON.stringify(job), '--exit', ...options);
}

test('--exit --json ends with the table on stdout, exit 0 and nothing left running', async () => {
  const { exitCode, stdout, stderr } = await demo(TINY_SWEEP, '--json');

  expect(exitCode).toBe(0);
  expect(ResultsTable.parse(JSON.parse(stdout))).toMatchObject({
    sweepName: 'tiny',
    trialsFinished: 4,
    trialsTotal: 4,
  });
  expect(stderr).toContain('dataset scenes: 24 train, 6 val, 8 test images');
  expect(stderr).toContain('sweep tiny: 4 trials, 2 trainings\n');
  expect(stderr).toMatch(/^4 of 4 trials, 2 of 2 trainings$/m);
  expect(stderr).toContain(`dashboard: ${stack.dashboardUrl}`);
  expect(stderr).toMatch(/stopped\n$/);
  expect(existsSync(join(stack.home, 'run/stack.json'))).toBe(false);
});

test('a second demo says that all is reused, and prints a table to read', async () => {
  const { exitCode, stdout, stderr } = await demo(TINY_SWEEP);

  expect(exitCode).toBe(0);
  expect(stderr).toContain('imported before');
  expect(stderr).toContain('all 2 trainings reused; all 4 evaluations reused');
  expect(stdout).toMatch(/^attention +beam +B@1/m);
});

test('a trial that fails is listed with its reason, the others have results, exit 1', async () => {
  const { exitCode, stdout, stderr } = await demo(
    {
      ...TINY_SWEEP,
      name: 'failing',
      // No caption is as short as that.
      grid: { 'data.maxWords': [60, 1] },
    },
    '--json',
  );

  expect(exitCode).toBe(1);
  expect(ResultsTable.parse(JSON.parse(stdout))).toMatchObject({
    trialsFinished: 1,
    trialsFailed: 1,
    trialsTotal: 2,
  });
  expect(stderr).toContain('1 of 2 trials have no result:\n  trial 2 (');
  expect(stderr).toContain('failed with model-input: No train captions are left: data.maxWords');
});
