/**
 * Every check of the project: build, types, lint, OpenAPI drift, tests. `./capgrid test` runs it.
 *
 *   node test/run-checks.mjs                         everything
 *   node test/run-checks.mjs --only oxlint           one step (repeatable)
 *   node test/run-checks.mjs packages/metrics -t x   build, then these tests; arguments go to vitest
 *
 * Exit 0: all passed, 1: something failed, 2: wrong arguments. Plain JavaScript, since it must run
 * when the build is what is broken.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './checks/run-command.mjs';
import { chooseSteps, RUN_LIMIT_SECONDS, STEPS, TESTS } from './checks/steps.mjs';
import { summarise } from './checks/summary.mjs';

/**
 * @typedef {import('./checks/steps.mjs').Step} Step
 * @typedef {import('./checks/summary.mjs').StepOutcome} StepOutcome
 * @typedef {import('./checks/test-report.mjs').TestReport} TestReport
 */

const root = join(import.meta.dirname, '..');

/** Checks start what they need; a database or stack that this user works with must not reach them. */
const NO_STACK = Object.fromEntries(
  ['API_URL', 'CAPGRID_API_URL', 'CAPGRID_HOME', 'DATABASE_URL', 'QUEUE_URL'].map((name) => [
    name,
    undefined,
  ]),
);

process.exitCode = await main(process.argv.slice(2));

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
async function main(args) {
  if (args.includes('--help')) {
    console.log(
      'Usage: test [--only STEP]... [VITEST ARGUMENTS]...\n' +
        `Steps: ${STEPS.map((step) => step.name).join(', ')}\n` +
        'Example: test packages/metrics -t "no-break space"',
    );
    return 0;
  }
  const choice = chooseSteps(args);
  if ('problem' in choice) {
    console.error(choice.problem);
    return 2;
  }
  const interrupted = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => interrupted.abort(signal));
  }
  const folder = mkdtempSync(join(tmpdir(), 'capgrid-checks-'));
  const deadlineMs = performance.now() + RUN_LIMIT_SECONDS * 1000;
  /** @type {StepOutcome[]} */
  const outcomes = [];
  try {
    for (const step of choice.steps) {
      outcomes.push(
        await runStep(step, {
          limitMs: Math.min(step.limitSeconds * 1000, deadlineMs - performance.now()),
          reportPath: join(folder, 'tests.json'),
          signal: interrupted.signal,
        }),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { lines, isPassed } = summarise(outcomes);
  console.log(`\n${lines.join('\n')}`);
  return isPassed ? 0 : 1;
}

/**
 * @param {Step} step
 * @param {{ limitMs: number, reportPath: string, signal: AbortSignal }} options
 * @returns {Promise<StepOutcome>}
 */
async function runStep({ name, command }, { limitMs, reportPath, signal }) {
  if (signal.aborted) return { name, failure: `not run: ${signal.reason}`, tests: null };
  if (limitMs <= 0) {
    const failure = `not run: the ${RUN_LIMIT_SECONDS} s for the whole run were used up`;
    return { name, failure, tests: null };
  }
  const isTests = name === TESTS;
  console.log(`\n== ${name}: ${command.join(' ')}`);
  const { exitCode, isOverLimit, output, durationMs } = await runCommand(command, {
    cwd: root,
    limitMs,
    isLive: isTests,
    env: { ...NO_STACK, CAPGRID_TEST_REPORT: isTests ? reportPath : undefined },
    signal,
  });
  const failure = isOverLimit
    ? `stopped after its limit of ${Math.round(limitMs / 1000)} s`
    : exitCode === 0
      ? null
      : `exit code ${exitCode ?? 'none, ended by a signal'}`;
  if (failure !== null && output !== '') console.log(output.trimEnd());
  console.log(`== ${name}: ${failure ?? 'ok'}, ${(durationMs / 1000).toFixed(1)} s`);
  return { name, failure, tests: isTests ? readReport(reportPath) : null };
}

/**
 * @param {string} path
 * @returns {TestReport | null} null when the tests ended without a report, for instance when killed
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
