/**
 * Builds the addon of @capgrid/tensor with the libtorch of this machine, when something has changed.
 *
 *   node native/build.mjs                  build when the addon is not of these sources and this libtorch
 *   node native/build.mjs --print          only show what was found, as JSON
 *   node native/build.mjs --check-cuda     compile the CUDA parts against CUDA's headers, link nothing
 *   node native/build.mjs --log PATH       the compiler's output, otherwise native/build/build.log
 *   node native/build.mjs --brief          show nothing of the compiler's output when it fails
 *   node native/build.mjs --verify         load the addon also when it is fresh, build it again if it does not load
 *
 * Exit 0: built or fresh, 1: compiling failed or the addon does not load, 2: wrong arguments or a wrong CAPGRID_LIBTORCH,
 * 3: nothing to build with. Messages go to stderr.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ADDON, FOLDER, hashAddon, isOfTheseSources, planBuild, STAMP } from './build-plan.mjs';
import { readHeaderVersion } from './find-cuda.mjs';
import { LibtorchFolderError } from './find-libtorch.mjs';
import { withLock } from './lock.mjs';
import { tryAddon } from './try-addon.mjs';

/**
 * @typedef {object} Output
 * @property {string} log path for the compiler's output
 * @property {boolean} isBrief
 */

/** ATen's headers take the compiler about this much. */
const BYTES_PER_COMPILER = 1.5 * 1024 ** 3;
const LOG_LINES = 20;
const BUILD = join(FOLDER, 'build');

process.exitCode = await main(process.argv.slice(2), process.env);

/**
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<number>} exit code
 */
async function main(args, env) {
  const options = readArguments(args);
  if (options === null) return 2;
  try {
    const before = planBuild(env);
    if (options.isPrint) {
      process.stdout.write(`${JSON.stringify(before, null, 2)}\n`);
      return 0;
    }
    if (options.isCudaCheck) return await alone(() => checkCuda(before, env, options));
    if (before.state === 'fresh' && (!options.isVerify || tryAddon(ADDON) === null)) return 0;
    if (before.state === 'missing' && !hasAddon()) {
      say(before.hint ?? '');
      return 3;
    }
    return await alone(() => bringUpToDate(env, options));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(error.message);
    if (!(error instanceof LibtorchFolderError)) return 1;
    if (options.isPrint || options.isCudaCheck) return 2;
    // A slip in a variable costs no build of a minute.
    if (isOfTheseSources()) say('the native tensor engine that was built before stays');
    else if (hasAddon()) await alone(() => isOfTheseSources() || forgetAddon());
    return 2;
  }
}

/**
 * Nothing in `native/build` is changed by two processes at once.
 *
 * @template T
 * @param {() => T} work
 */
async function alone(work) {
  mkdirSync(BUILD, { recursive: true });
  return withLock(join(BUILD, 'lock'), work, (pid) =>
    say(`waiting for another build (process ${pid})`),
  );
}

/**
 * Who waited for another build finds its result fresh.
 *
 * @param {Record<string, string | undefined>} env
 * @param {Output & { isVerify: boolean }} options
 */
function bringUpToDate(env, options) {
  if (options.isVerify) forgetUnloadable(planBuild(env));
  const plan = planBuild(env);
  if (plan.state === 'fresh') return 0;
  if (plan.state === 'stale') return build(plan, options);
  say(plan.hint ?? '');
  forgetAddon();
  return 3;
}

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        print: { type: 'boolean', default: false },
        'check-cuda': { type: 'boolean', default: false },
        verify: { type: 'boolean', default: false },
        brief: { type: 'boolean', default: false },
        log: { type: 'string', default: join(BUILD, 'build.log') },
      },
    });
    return {
      isPrint: values.print,
      isCudaCheck: values['check-cuda'],
      isVerify: values.verify,
      isBrief: values.brief,
      log: resolve(values.log),
    };
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/**
 * @param {import('./build-plan.mjs').BuildPlan} plan
 * @param {Output} output
 */
function build(plan, output) {
  for (const note of plan.libtorch?.notes ?? []) say(note);
  const { version, source } = plan.libtorch ?? {};
  say(
    `building the native tensor engine with libtorch ${version}, ${source}; about a minute (log: ${output.log})`,
  );
  const objects = join(BUILD, 'cmake');
  forgetOtherSettings(objects, plan.settings);
  if (!compile(objects, plan.settings, output)) {
    forgetAddon();
    return 1;
  }
  // A process may have the old addon loaded: it keeps its file, and none sees half of the new one.
  const whole = `${ADDON}.new`;
  copyFileSync(join(objects, 'capgrid_tensor.node'), whole);
  const problem = tryAddon(whole);
  if (problem !== null) {
    say(`the native tensor engine was built and does not load: ${problem}`);
    rmSync(whole, { force: true });
    forgetAddon();
    return 1;
  }
  rmSync(STAMP, { force: true });
  const addon = hashAddon(whole);
  renameSync(whole, ADDON);
  writeFileSync(STAMP, `${JSON.stringify({ ...plan.stamp, addon })}\n`);
  return 0;
}

/**
 * A library that the addon needs may be gone, or be of another release.
 *
 * @param {import('./build-plan.mjs').BuildPlan} plan
 */
function forgetUnloadable({ state }) {
  if (state !== 'fresh') return;
  const problem = tryAddon(ADDON);
  if (problem === null) return;
  say(`the native tensor engine does not load: ${problem}`);
  forgetAddon();
}

/**
 * Compiles the sources that use CUDA with CAPGRID_CUDA set, also beside a libtorch that cannot use it,
 * as long as its headers for CUDA are there (Debian's are).
 *
 * @param {import('./build-plan.mjs').BuildPlan} plan
 * @param {Record<string, string | undefined>} env
 * @param {Output} output
 */
function checkCuda(plan, env, output) {
  const toolkits = [env.CUDA_HOME || '/usr/local/cuda', '/usr/local/cuda'].map((home) => [
    join(home, 'include'),
  ]);
  const found = [plan.libtorch?.cuda?.includes ?? [], ...toolkits].find(
    (includes) => readHeaderVersion(includes) !== null,
  );
  const lacks = plan.lacks.map(({ reason }) => reason);
  if (found === undefined) lacks.push('no headers of CUDA were found');
  if (lacks.length > 0 || found === undefined) {
    say(lacks.join(' and '));
    return 3;
  }
  const objects = join(BUILD, 'cuda-check');
  const settings = [
    ...plan.settings.filter((setting) => !setting.startsWith('-DCUDA_')),
    `-DCUDA_INCLUDES=${found.join(';')}`,
    '-DCHECK_ONLY=ON',
  ];
  forgetOtherSettings(objects, settings);
  if (!compile(objects, settings, output)) return 1;
  say(`the CUDA parts compile with the headers of CUDA ${readHeaderVersion(found)}`);
  return 0;
}

/** Where there is none, there is nothing to forget, and maybe no right to write. */
function hasAddon() {
  return existsSync(ADDON) || existsSync(STAMP);
}

/** An addon of other sources must not be loaded, for what calls it is of these; nor one of another libtorch. */
function forgetAddon() {
  rmSync(STAMP, { force: true });
  rmSync(ADDON, { force: true });
}

/**
 * CMake keeps what it was once told; objects of other settings are of no use.
 *
 * @param {string} objects
 * @param {readonly string[]} settings
 */
function forgetOtherSettings(objects, settings) {
  const path = join(objects, 'settings');
  const text = settings.join('\n');
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  rmSync(objects, { recursive: true, force: true });
  mkdirSync(objects, { recursive: true });
  writeFileSync(path, text);
}

/**
 * @param {string} objects
 * @param {readonly string[]} settings
 * @param {Output} output
 */
function compile(objects, settings, { log, isBrief }) {
  const jobs = Math.max(
    1,
    Math.min(availableParallelism(), Math.floor(totalmem() / BYTES_PER_COMPILER)),
  );
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  try {
    for (const args of [
      ['-S', FOLDER, '-B', objects, ...settings],
      ['--build', objects, '--parallel', String(jobs)],
    ]) {
      const { status, error } = spawnSync('cmake', args, { stdio: ['ignore', output, output] });
      if (status === 0) continue;
      say(
        `building the native tensor engine failed${error ? `: ${error.message}` : ''} (log: ${log})`,
      );
      const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
      if (!isBrief) process.stderr.write(`${lines.slice(-LOG_LINES).join('\n')}\n`);
      return false;
    }
    return true;
  } finally {
    closeSync(output);
  }
}

/** @param {string} message */
function say(message) {
  process.stderr.write(`capgrid: ${message}\n`);
}
