/** What the addon would be built with on this machine, and whether the one that lies there is it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { findLibtorch, LIBRARY_ENDING } from './find-libtorch.mjs';

/**
 * @typedef {object} Lack
 * @property {'libtorch' | 'compiler' | 'cmake' | 'make'} part
 * @property {string} reason for a reader
 */

/**
 * @typedef {object} BuildPlan
 * @property {'fresh' | 'stale' | 'missing'} state fresh: the addon is built of what is here now;
 *   stale: it can be built; missing: something that a build needs is not here
 * @property {string} addon path of the addon
 * @property {import('./find-libtorch.mjs').Libtorch | null} libtorch
 * @property {Lack[]} lacks what a build needs and this machine does not have
 * @property {string | null} hint one line: what makes a build possible; null: it is
 * @property {string[]} settings for cmake, each `-D…`
 * @property {Stamp} stamp of the addon that would be built
 */

/**
 * What an addon is built of.
 *
 * @typedef {object} Stamp
 * @property {string} sources checksum over the addon's own files
 * @property {string} all checksum over these and all that they are built with
 * @property {string | null} libraryFolder of the libtorch
 */

/**
 * Lies beside the addon.
 *
 * @typedef {Stamp & { addon: string }} BuiltStamp `addon`: checksum over the addon itself
 */

export const FOLDER = import.meta.dirname;
export const STAMP = join(FOLDER, 'build', 'stamp');
export const ADDON = join(FOLDER, 'build', 'capgrid_tensor.node');

/**
 * @param {Record<string, string | undefined>} env
 * @returns {BuildPlan}
 * @throws {import('./find-libtorch.mjs').LibtorchFolderError}
 */
export function planBuild(env) {
  const found = findLibtorch(env);
  const libtorch = 'missing' in found ? null : found;
  /** @type {Lack[]} */
  const lacks = [];
  if ('missing' in found) lacks.push({ part: 'libtorch', reason: found.missing });
  if (!hasCompiler(env)) lacks.push({ part: 'compiler', reason: 'no C++ compiler was found' });
  if (!runs('cmake')) lacks.push({ part: 'cmake', reason: 'cmake was not found' });
  if (!runs('make')) lacks.push({ part: 'make', reason: 'make was not found' });
  const settings = libtorch === null ? [] : cmakeSettings(libtorch);
  const sources = hashSources();
  const stamp = {
    sources,
    all: libtorch === null ? '' : hashAll(sources, libtorch, settings),
    libraryFolder: libtorch?.libraryFolder ?? null,
  };
  const isFresh = isStillGood(readIntact(), stamp);
  return {
    state: isFresh ? 'fresh' : lacks.length > 0 ? 'missing' : 'stale',
    addon: ADDON,
    libtorch,
    lacks,
    hint: isFresh || lacks.length === 0 ? null : sayHint(lacks, env),
    settings,
    stamp,
  };
}

/** @param {Record<string, string | undefined>} env */
function hasCompiler(env) {
  // As cmake looks for one.
  return (env.CXX ? [env.CXX] : ['c++', 'g++', 'clang++']).some((name) => runs(name));
}

/** @param {string} program */
function runs(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Folders of the headers of Node's C interface and of its C++ wrapper. */
function napiIncludes() {
  const { resolve } = createRequire(import.meta.url);
  return [
    join(dirname(resolve('node-api-headers/package.json')), 'include'),
    dirname(resolve('node-addon-api/package.json')),
  ];
}

/** @param {import('./find-libtorch.mjs').Libtorch} libtorch */
function cmakeSettings({
  version,
  includes,
  libraryFolder,
  libraries,
  usesCxx11Abi,
  openmp,
  cuda,
}) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const standard = major > 2 || (major === 2 && minor >= 10) ? 20 : 17;
  const runPaths = new Set([
    libraryFolder,
    ...(openmp ? [dirname(openmp)] : []),
    ...(cuda?.libraryFolders ?? []),
  ]);
  return [
    `-DCMAKE_CXX_STANDARD=${standard}`,
    `-DTORCH_INCLUDES=${includes.join(';')}`,
    `-DTORCH_LIBRARIES=${libraries.map((name) => join(libraryFolder, `lib${name}.${LIBRARY_ENDING}`)).join(';')}`,
    `-DNAPI_INCLUDES=${napiIncludes().join(';')}`,
    `-DRUN_PATHS=${[...runPaths].join(';')}`,
    `-DUSES_CXX11_ABI=${usesCxx11Abi ? 1 : 0}`,
    `-DOPENMP_LIBRARY=${openmp ?? ''}`,
    `-DCUDA_INCLUDES=${cuda?.includes.join(';') ?? ''}`,
    `-DCUDA_RUNTIME=${cuda?.runtime ?? ''}`,
  ];
}

/** Whether the addon is whole and of these sources, whatever libtorch it was built with. */
export function isOfTheseSources() {
  return readIntact()?.sources === hashSources();
}

/** @param {string} path of an addon */
export function hashAddon(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/**
 * @param {BuiltStamp | null} built
 * @param {Stamp} now
 */
function isStillGood(built, now) {
  if (built === null) return false;
  if (now.libraryFolder !== null) return built.all === now.all;
  // Built with a PyTorch that python3 of this shell does not see: the addon knows where it lies.
  return built.sources === now.sources && existsSync(built.libraryFolder ?? '');
}

/**
 * A file that is not the one that was built may end the process that loads it.
 *
 * @returns {BuiltStamp | null} null: no addon, or one of which nothing is known
 */
function readIntact() {
  try {
    /** @type {BuiltStamp} */
    const stamp = JSON.parse(readFileSync(STAMP, 'utf8'));
    return stamp.addon === hashAddon(ADDON) ? stamp : null;
  } catch {
    // One of the two is not there, or the stamp is cut off.
    return null;
  }
}

/**
 * @param {string} sources
 * @param {import('./find-libtorch.mjs').Libtorch} libtorch
 * @param {readonly string[]} settings
 */
function hashAll(sources, { version, libraryFolder, libraries }, settings) {
  const { platform, arch } = process;
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ sources, platform, arch, version, settings }));
  // Another libtorch may come to lie in the same folder.
  for (const name of libraries) {
    const { size, mtimeMs } = statSync(join(libraryFolder, `lib${name}.${LIBRARY_ENDING}`));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** The addon's own files and the releases of the headers that it takes from npm. */
function hashSources() {
  const { resolve } = createRequire(import.meta.url);
  const paths = [
    resolve('node-api-headers/package.json'),
    resolve('node-addon-api/package.json'),
    join(FOLDER, 'CMakeLists.txt'),
    ...readdirSync(join(FOLDER, 'src'))
      .filter((name) => /\.(cc|h)$/.test(name))
      .toSorted()
      .map((name) => join(FOLDER, 'src', name)),
  ];
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${basename(path)}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

/**
 * @param {readonly Lack[]} lacks
 * @param {Record<string, string | undefined>} env
 */
function sayHint(lacks, env) {
  const remedy = !existsSync('/usr/bin/apt-get')
    ? 'install PyTorch (pip install torch), a C++ compiler, cmake and make'
    : process.getuid?.() === 0
      ? 'run ./capgrid setup'
      : 'run sudo apt-get install libtorch-dev libopenblas0-pthread g++ cmake make';
  const reasons = lacks.map(({ reason }) => reason).join(' and ');
  // Whoever asked for this engine gets no other one.
  return env.CAPGRID_ENGINE === 'libtorch'
    ? `CAPGRID_ENGINE is "libtorch", which cannot be built, since ${reasons}: ${remedy}, or leave CAPGRID_ENGINE out`
    : `tensors are computed by WebAssembly, since ${reasons}; for the faster native engine ${remedy}`;
}
