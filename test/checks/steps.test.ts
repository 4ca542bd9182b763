import { expect, it } from 'vitest';
import { chooseSteps, STEPS } from './steps.mjs';

function namesOf(args: string[]): string[] {
  const choice = chooseSteps(args);
  return 'steps' in choice ? choice.steps.map((step) => step.name) : [choice.problem];
}

it('runs every step without arguments', () => {
  expect(namesOf([])).toEqual(STEPS.map((step) => step.name));
});

it('runs the named steps in their own order', () => {
  expect(namesOf(['--only', 'knip', '--only', 'build'])).toEqual(['build', 'knip']);
});

it('hands other arguments to vitest after a build', () => {
  const choice = chooseSteps(['packages/metrics', '-t', 'no-break space']);
  expect(namesOf(['packages/metrics'])).toEqual(['build', 'tests']);
  expect('steps' in choice && choice.steps[1]?.command.slice(-3)).toEqual([
    'packages/metrics',
    '-t',
    'no-break space',
  ]);
});

it('names the steps there are when one is unknown', () => {
  expect(namesOf(['--only', 'eslint'])).toEqual([
    expect.stringMatching(/^--only "eslint" is no step\. Steps: build, .*oxlint.*tests\.$/),
  ]);
});

it('refuses vitest arguments when the tests are left out', () => {
  expect(namesOf(['--only', 'knip', 'packages/metrics'])).toEqual([
    '"packages/metrics" is for vitest, but --only leaves out "tests".',
  ]);
});
