/** The end of a run: what failed, what was skipped and why, and the closing line. */

/**
 * @typedef {import('./test-report.mjs').TestReport} TestReport
 *
 * @typedef {object} StepOutcome
 * @property {string} name
 * @property {string | null} failure why the step failed; null when it passed
 * @property {TestReport | null} tests of the step that runs tests, when it got as far as a report
 */

/**
 * The last line is `N passed, N failed, N skipped`: tests, plus one for every check that is no test.
 *
 * @param {readonly StepOutcome[]} outcomes
 * @returns {{ lines: string[], isPassed: boolean }}
 */
export function summarise(outcomes) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  /** @type {string[]} */
  const failures = [];
  /** @type {Map<string, number>} */
  const skippedByReason = new Map();
  for (const { name, failure, tests } of outcomes) {
    for (const test of tests?.failed ?? []) failures.push(`failed: ${name}: ${test}`);
    for (const { reason } of tests?.skipped ?? []) {
      skippedByReason.set(reason, (skippedByReason.get(reason) ?? 0) + 1);
    }
    passed += tests?.passed ?? 0;
    failed += tests?.failed.length ?? 0;
    skipped += tests?.skipped.length ?? 0;
    // A step whose tests failed is counted by them already.
    if (failure !== null && (tests === null || tests.failed.length === 0)) {
      failures.push(`failed: ${name}: ${failure}`);
      failed += 1;
    } else if (failure === null && tests === null) {
      passed += 1;
    }
  }
  const skips = [...skippedByReason].map(([reason, count]) => `skipped: ${count} x ${reason}`);
  return {
    lines: [...skips, ...failures, `${passed} passed, ${failed} failed, ${skipped} skipped`],
    isPassed: failed === 0,
  };
}
