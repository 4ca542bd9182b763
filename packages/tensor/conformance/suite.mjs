/** Entry of the bundle: starts an engine, then defines and runs tfjs-core's tests on it. */
// The suite expects the gradients, which tfjs-core registers only in its whole bundle.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import jasmineCore from 'jasmine-core';
import { findBackend } from '@tensorflow/tfjs-core';
import { ENGINE_KINDS, startEngine } from '../src/engine.ts';
import { LibtorchBackend } from '../src/libtorch/backend.ts';

/**
 * @typedef {object} Outcome
 * @property {number} specs
 * @property {number} passed
 * @property {number} failed
 * @property {number} pending tests that tfjs-core itself switches off
 * @property {{ name: string, problems: string[] }[]} failures
 */

/**
 * @param {{ engine: string, device: string | undefined, only: string }} options only: part of the
 *   names of the specs to run; empty: all
 * @returns {Promise<Outcome>}
 */
export async function runSuite({ engine, device, only }) {
  const kind = ENGINE_KINDS.find((known) => known === engine);
  if (kind === undefined) {
    throw new Error(`Unknown engine "${engine}". Choose one of: ${ENGINE_KINDS.join(', ')}.`);
  }
  // The tests' tolerances are for float32; TF32 keeps three digits.
  const { backend } = await startEngine(kind, { device, strictFloat32: true });
  const instance = findBackend(backend);
  if (instance instanceof LibtorchBackend) instance.checksIndices = true;
  // Makes describe, it, expect and the rest global.
  const jasmine = jasmineCore.boot(jasmineCore);
  const environment = jasmine.getEnv();
  environment.configure({
    random: false,
    specFilter: (spec) => spec.getFullName().includes(only),
  });
  // The tests ask for these when they are defined, so the import must come after.
  setTestEnvs([{ name: backend, backendName: backend, flags: {}, isDataSync: true }]);
  await import('@tensorflow/tfjs-core/dist/tests.js');
  /** @type {Outcome} */
  const outcome = { specs: 0, passed: 0, failed: 0, pending: 0, failures: [] };
  environment.addReporter({
    specDone({ status, fullName, failedExpectations }) {
      if (status === 'excluded') return;
      outcome.specs += 1;
      if (status === 'passed') outcome.passed += 1;
      if (status === 'pending') outcome.pending += 1;
      if (status !== 'failed') return;
      outcome.failed += 1;
      outcome.failures.push({ name: fullName, problems: problemsOf(failedExpectations) });
    },
    // Failures outside of a spec, as in afterAll.
    suiteDone: ({ fullName, failedExpectations }) => note(fullName, failedExpectations),
    jasmineDone: ({ failedExpectations }) => note('the whole run', failedExpectations),
  });
  await new Promise((resolve) => {
    environment.execute(null, () => resolve(null));
  });
  return outcome;

  /**
   * @param {string} name
   * @param {readonly import('jasmine-core').FailedExpectation[]} failed
   */
  function note(name, failed) {
    if (failed.length === 0) return;
    outcome.failed += 1;
    outcome.failures.push({ name, problems: problemsOf(failed) });
  }
}

/** @param {readonly import('jasmine-core').FailedExpectation[]} failed */
function problemsOf(failed) {
  return failed.map(({ message, stack }) => {
    const at = (stack ?? '').split('\n').find((line) => line.includes('_test.js')) ?? '';
    return `${message}\n${at.trim()}`;
  });
}
