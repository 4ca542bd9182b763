/** What the addon would be built with on this machine, and whether the one that lies there is it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findLibtorch } from './find-libtorch.mjs';

/**
 * @typedef {object} BuildPlan
 * @property {'fresh' | 'stale' | 'missing'} state fresh: the addon is built of what is here now;
 *   stale: it can be built; missing: something that a build needs is not here
 * @property {string} addon path of the addon
 * @property {import('./find-libtorch.mjs').Libtorch | null} libtorch
 * @property {string[]} missing what a build needs and this machine lacks
 * @property {string | null} hint one line: what makes a build possible; null: it is
 * @property {string[]} settings for cmake, each `-D…`
 * @property {string} checksum over the sources and all that they are built with
 */

export const FOLDER = import.meta.dirname;
export const STAMP = join(FOLDER, 'build', 'stamp');
const ADDON = join(FOLDER, 'build', 'capgrid_tensor.node');

/**
 * @param {Record<string, string | undefined>} env
 * @param {{ isForThisProcessor: boolean }} options true: with the instructions of this very
 *   processor, so that the addon runs on no older one
 * @returns {BuildPlan}
 * @throws {import('./find-libtorch.mjs').LibtorchFolderError}
 */
export function planBuild(env, { isForThisProcessor }) {
  const found = findLibtorch(env);
  const libtorch = 'missing' in found ? null : found;
  const missing = [
    ...('missing' in found ? [found.missing] : []),
    ...(findCompiler(env) === null ? ['no C++ compiler was found'] : []),
    ...(runs('cmake') ? [] : ['cmake was not found']),
  ];
  const settings =
    libtorch === null
      ? []
      : [...cmakeSettings(libtorch), `-DMARCH_NATIVE=${isForThisProcessor ? 'ON' : 'OFF'}`];
  const sum = libtorch === null ? '' : checksum(libtorch, settings);
  const isFresh = sum !== '' && existsSync(ADDON) && readText(STAMP) === sum;
  return {
    // Nothing but the addon itself is needed once it is built.
    state: isFresh ? 'fresh' : missing.length > 0 ? 'missing' : 'stale',
    addon: ADDON,
    libtorch,
    missing,
    hint: isFresh || missing.length === 0 ? null : sayHint(missing),
    settings,
    checksum: sum,
  };
}

/** @param {Record<string, string | undefined>} env */
function findCompiler(env) {
  const names = env.CXX ? [env.CXX] : ['c++', 'g++', 'clang++'];
  return names.find((name) => runs(name)) ?? null;
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
  const ending = process.platform === 'darwin' ? 'dylib' : 'so';
  const standard = major > 2 || (major === 2 && minor >= 10) ? 20 : 17;
  const runPaths = new Set([
    libraryFolder,
    ...(openmp ? [dirname(openmp)] : []),
    ...(cuda?.libraryFolders ?? []),
  ]);
  return [
    `-DCMAKE_CXX_STANDARD=${standard}`,
    `-DTORCH_INCLUDES=${includes.join(';')}`,
    `-DTORCH_LIBRARIES=${libraries.map((name) => join(libraryFolder, `lib${name}.${ending}`)).join(';')}`,
    `-DNAPI_INCLUDES=${napiIncludes().join(';')}`,
    `-DRUN_PATHS=${[...runPaths].join(';')}`,
    `-DUSES_CXX11_ABI=${usesCxx11Abi ? 1 : 0}`,
    `-DOPENMP_LIBRARY=${openmp ?? ''}`,
    `-DCUDA_INCLUDES=${cuda?.includes.join(';') ?? ''}`,
    `-DCUDA_RUNTIME=${cuda?.runtime ?? ''}`,
  ];
}

/**
 * @param {import('./find-libtorch.mjs').Libtorch} libtorch
 * @param {readonly string[]} settings
 */
function checksum({ version, libraryFolder, libraries }, settings) {
  const hash = createHash('sha256');
  const { platform, arch } = process;
  hash.update(JSON.stringify({ platform, arch, version, settings }));
  // Another libtorch may come to lie in the same folder.
  for (const name of libraries) {
    for (const file of [`lib${name}.so`, `lib${name}.dylib`]) {
      const path = join(libraryFolder, file);
      if (existsSync(path)) hash.update(`${path} ${statSync(path).size} ${statSync(path).mtimeMs}`);
    }
  }
  for (const include of napiIncludes()) {
    const manifest = [join(include, 'package.json'), join(include, '../package.json')];
    hash.update(manifest.map(readText).join());
  }
  for (const path of ['CMakeLists.txt', ...listSources()]) {
    hash.update(`${path}\n${readText(join(FOLDER, path))}`);
  }
  return hash.digest('hex');
}

function listSources() {
  return readdirSync(join(FOLDER, 'src'))
    .filter((name) => /\.(cc|h)$/.test(name))
    .toSorted()
    .map((name) => join('src', name));
}

/** @param {string} path */
function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

/** @param {readonly string[]} missing */
function sayHint(missing) {
  const remedy = !existsSync('/usr/bin/apt-get')
    ? 'install PyTorch (pip install torch), a C++ compiler and cmake'
    : process.getuid?.() === 0
      ? 'run ./capgrid setup'
      : 'run sudo apt-get install libtorch-dev libopenblas0-pthread g++ cmake';
  return `tensors are computed by WebAssembly, since ${missing.join(' and ')}; for the faster native engine ${remedy}`;
}
