/**
 * Runs tfjs-core's own tests of its operations against one of our engines.
 *
 *   node conformance/run.mjs                  a summary and every failure
 *   node conformance/run.mjs --json           { specs, passed, failed, pending } on stdout
 *   node conformance/run.mjs --engine cpu     tfjs-backend-cpu, for comparison
 *   node conformance/run.mjs --only TEXT      only the specs whose name has TEXT in it
 *   node conformance/run.mjs --device cuda    libtorch on a GPU, in strict float32
 *
 * Exit 0: none failed, 1: some failed, 2: wrong arguments or the engine is not there.
 * Failures go to stderr in both forms.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundleSuite } from './bundle-suite.mjs';

const USAGE = `Usage: npm run conformance -w @capgrid/tensor -- [--json] [--engine libtorch|cpu] [--device cpu|cuda|cuda:N] [--only TEXT]
Example: npm run conformance -w @capgrid/tensor -- --engine cpu --only topk`;
const MOST_FAILURES_SHOWN = 200;

process.exitCode = await main(process.argv.slice(2));
// The engine's threads would keep the process.
process.exit();

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
async function main(args) {
  const options = readArguments(args);
  if (options === null) return 2;
  // What the tests print must not mix with the result.
  const print = process.stdout.write.bind(process.stdout);
  console.log = console.info = console.error;
  const bundle = await bundleSuite(options.engine);
  const suite = await importOnce(bundle);
  /** @type {import('./suite.mjs').Outcome} */
  let outcome;
  try {
    outcome = await suite.runSuite(options);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const { failures, ...counts } = outcome;
  for (const { name, problems } of failures.slice(0, MOST_FAILURES_SHOWN)) {
    process.stderr.write(`failed: ${name}\n${problems.map(indent).join('')}`);
  }
  const { specs, passed, failed, pending } = counts;
  print(
    options.isJson
      ? `${JSON.stringify(counts)}\n`
      : `${options.engine}: ${specs} specs, ${passed} passed, ${failed} failed, ${pending} pending\n`,
  );
  return failed > 0 ? 1 : 0;
}

/** @param {string} path of a module, which is removed */
async function importOnce(path) {
  try {
    return await import(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        engine: { type: 'string', default: 'libtorch' },
        device: { type: 'string' },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    });
    const { json: isJson, engine, device, only, help } = values;
    if (!help) return { isJson, engine, device, only };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  process.stderr.write(`${USAGE}\n`);
  return null;
}

/** @param {string} text */
function indent(text) {
  return `  ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;
}
