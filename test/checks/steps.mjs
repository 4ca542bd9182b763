/** What `./capgrid test` runs, in this order. The limits are far above the usual times. */

/**
 * @typedef {object} Step
 * @property {string} name for `--only` and for the list of failures
 * @property {readonly string[]} command
 * @property {number} limitSeconds
 */

/** The step that counts tests one by one; every other step counts as one check. */
export const TESTS = 'tests';

/** The whole run ends after this time, whatever the limits of single steps add up to. */
export const RUN_LIMIT_SECONDS = 60 * 60;

/** npx would look for a missing tool on the network. @param {string} tool */
const bin = (tool) => `node_modules/.bin/${tool}`;

/** @type {readonly Step[]} */
export const STEPS = [
  { name: 'build', command: ['npm', 'run', '--silent', 'build:server'], limitSeconds: 180 },
  {
    name: 'dashboard-build',
    command: ['npm', 'run', '--silent', 'build', '--workspace', '@capgrid/dashboard'],
    limitSeconds: 300,
  },
  {
    name: 'dashboard-types',
    command: [bin('tsc'), '-p', 'apps/dashboard', '--noEmit'],
    limitSeconds: 120,
  },
  { name: 'oxlint', command: [bin('oxlint'), '--deny-warnings'], limitSeconds: 120 },
  { name: 'prettier', command: [bin('prettier'), '--check', '.'], limitSeconds: 120 },
  { name: 'knip', command: [bin('knip')], limitSeconds: 120 },
  {
    name: 'openapi',
    command: ['node', 'apps/api/dist/write-openapi.js', '--check'],
    limitSeconds: 60,
  },
  {
    name: TESTS,
    command: [
      bin('vitest'),
      'run',
      '--reporter=default',
      '--reporter=./test/checks/test-report.mjs',
    ],
    limitSeconds: 50 * 60,
  },
];

/**
 * Steps to run for the given arguments. `--only NAME` (repeatable) picks steps; everything else goes
 * to vitest, and alone it means: build, then just these tests.
 *
 * @param {readonly string[]} args
 * @returns {{ steps: Step[] } | { problem: string }}
 */
export function chooseSteps(args) {
  /** @type {string[]} */
  const only = [];
  /** @type {string[]} */
  const vitestArgs = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--only') {
      index += 1;
      only.push(args[index] ?? '');
    } else {
      vitestArgs.push(arg);
    }
  }
  const names = STEPS.map((step) => step.name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    return { problem: `--only "${unknown}" is no step. Steps: ${names.join(', ')}.` };
  }
  if (only.length > 0 && vitestArgs.length > 0 && !only.includes(TESTS)) {
    return {
      problem: `"${vitestArgs.join(' ')}" is for vitest, but --only leaves out "${TESTS}".`,
    };
  }
  const chosen = only.length > 0 ? only : vitestArgs.length > 0 ? ['build', TESTS] : names;
  const steps = STEPS.filter((step) => chosen.includes(step.name)).map((step) =>
    step.name === TESTS ? { ...step, command: [...step.command, ...vitestArgs] } : step,
  );
  return { steps };
}
