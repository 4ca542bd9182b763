/**
 * What only a GPU can show: the kernels, recorded steps, reading back, memory, TF32. How to bring it to
 * a machine with a GPU stands at the top of bundle.mjs.
 *
 *   node dist/checks/run.mjs                   one line per test, failures with their reason
 *   node dist/checks/run.mjs --json            one object per test and a last one with the counts
 *   node dist/checks/run.mjs --only TEXT       the tests whose name has TEXT in it
 *   node dist/checks/run.mjs --device cuda:1
 *   node dist/checks/run.mjs --skip-conformance
 *
 * Exit 0: none failed, 1: some failed, 2: wrong arguments, 3: no GPU.
 */
import { describeOps } from '@capgrid/ops/testing';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngine } from '../src/engine.ts';
import { describeDevice } from './device-tests.mjs';
import { describeRecording } from './recording-tests.mjs';
import { describe, runTests, test } from './test-runner.mjs';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    device: { type: 'string', default: 'cuda' },
    'skip-conformance': { type: 'boolean', default: false },
  },
});

process.exitCode = await main();
// The engine's threads would keep the process.
process.exit();

async function main() {
  let engine;
  try {
    // Strict, since the operations are compared with float64; a test switches TF32 on for itself.
    engine = await startEngine('libtorch', { device: options.device, strictFloat32: true });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 3;
  }
  const { version, device } = engine;
  say({ version, device }, `${version} on ${device}`);
  // The tests on memory come first: an error of the device in a later one must not spoil them.
  describe('device', describeDevice);
  describe('recorded steps', describeRecording);
  describe('operations', () => describeOps(() => Promise.resolve()));
  if (!options['skip-conformance']) test("tfjs-core's own tests", runConformance);
  const counts = await runTests({
    only: options.only,
    report: ({ name, problem, ms }) => {
      const line = problem === null ? 'ok    ' : 'FAILED';
      const reason = problem === null ? '' : `\n${problem}`;
      say({ name, problem, ms }, `${line} ${name} (${ms.toFixed(0)} ms)${reason}`);
    },
  });
  say(counts, `${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed > 0 ? 1 : 0;
}

function runConformance() {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'conformance.mjs')],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr.slice(-2000)}`);
  const { failures, ...counts } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  say({ conformance: counts }, JSON.stringify(counts));
  if (counts.failed === 0) return;
  const shown = failures
    .slice(0, 100)
    .map(
      (/** @type {{ name: string, problems: string[] }} */ { name, problems }) =>
        `${name}: ${problems[0]}`,
    );
  throw new Error(shown.join('\n'));
}

/**
 * @param {object} object
 * @param {string} text
 */
function say(object, text) {
  process.stdout.write(`${options.json ? JSON.stringify(object) : text}\n`);
}
