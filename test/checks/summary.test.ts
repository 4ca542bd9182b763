import { expect, it } from 'vitest';
import { summarise } from './summary.mjs';

const passed = (name: string) => ({ name, failure: null, tests: null });

it('counts tests one by one and every other step as one check', () => {
  const tests = { passed: 40, failed: [], skipped: [{ name: 'a', reason: 'no photos' }] };
  const outcome = summarise([passed('build'), { name: 'tests', failure: null, tests }]);
  expect(outcome).toEqual({
    lines: ['skipped: 1 x no photos', '41 passed, 0 failed, 1 skipped'],
    isPassed: true,
  });
});

it('names failed steps and failed tests before the closing line', () => {
  const outcome = summarise([
    { name: 'oxlint', failure: 'exit code 1', tests: null },
    {
      name: 'tests',
      failure: 'exit code 1',
      tests: { passed: 3, failed: ['bleu.test.ts > clips'], skipped: [] },
    },
  ]);
  expect(outcome).toEqual({
    lines: [
      'failed: oxlint: exit code 1',
      'failed: tests: bleu.test.ts > clips',
      '3 passed, 2 failed, 0 skipped',
    ],
    isPassed: false,
  });
});

it('fails when the tests end badly although none of them failed', () => {
  const outcome = summarise([
    { name: 'tests', failure: 'exit code 1', tests: { passed: 0, failed: [], skipped: [] } },
  ]);
  expect(outcome).toEqual({
    lines: ['failed: tests: exit code 1', '0 passed, 1 failed, 0 skipped'],
    isPassed: false,
  });
});

it('fails when the tests were stopped before they could report', () => {
  const outcome = summarise([
    { name: 'tests', failure: 'stopped after its limit of 900 s', tests: null },
  ]);
  expect(outcome.lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
  expect(outcome.isPassed).toBe(false);
});
