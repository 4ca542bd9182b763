/**
 * A vitest reporter that writes what the closing line needs: the number of passed tests, the names of
 * failed ones and the reasons for skipping. The file's path comes in CAPGRID_TEST_REPORT.
 */
import { writeFileSync } from 'node:fs';

/**
 * @typedef {object} TestReport
 * @property {number} passed
 * @property {string[]} failed full names; a file that cannot be loaded is one entry
 * @property {{ name: string, reason: string }[]} skipped
 *
 * @typedef {import('vitest/node').TestModule} TestModule
 * @typedef {import('vitest').SerializedError} SerializedError
 */

export default class TestReportWriter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly SerializedError[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const path = process.env['CAPGRID_TEST_REPORT'];
    if (path === undefined) return;
    writeFileSync(path, JSON.stringify(summarise(modules, unhandledErrors)));
  }
}

/**
 * @param {readonly TestModule[]} modules
 * @param {readonly SerializedError[]} unhandledErrors
 * @returns {TestReport}
 */
function summarise(modules, unhandledErrors) {
  /** @type {TestReport} */
  const report = { passed: 0, failed: [], skipped: [] };
  for (const module of modules) {
    const failedBefore = report.failed.length;
    for (const test of module.children.allTests()) {
      const name = `${module.relativeModuleId} > ${test.fullName}`;
      const result = test.result();
      if (result.state === 'passed') report.passed += 1;
      else if (result.state === 'skipped') {
        report.skipped.push({ name, reason: result.note ?? 'no reason given' });
      } else report.failed.push(name);
    }
    // Failing hooks and imports fail the module without failing a test.
    if (module.state() === 'failed' && report.failed.length === failedBefore) {
      report.failed.push(`${module.relativeModuleId} (the file, not one of its tests)`);
    }
  }
  for (const error of unhandledErrors) {
    report.failed.push(`error outside of any test: ${error.message}`);
  }
  return report;
}
