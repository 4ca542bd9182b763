/**
 * Finds a libtorch to build the addon against. Plain JavaScript without packages: the launcher runs
 * it before anything is built.
 *
 * In this order: the folder CAPGRID_LIBTORCH, the PyTorch of python3 on the PATH, the PyTorch of
 * /usr/bin/python3, and the system's own (Debian's libtorch-dev).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { findCuda } from './find-cuda.mjs';

/**
 * @typedef {object} Libtorch
 * @property {string} source where it was found, for a reader
 * @property {string} version "2.8.0"
 * @property {string[]} includes folders for the compiler
 * @property {string} libraryFolder
 * @property {string[]} libraries names without prefix and ending, in link order
 * @property {boolean} usesCxx11Abi whether its C++ symbols use the std::string of GCC 5 and later
 * @property {string | null} openmp its own copy of the OpenMP runtime; null: it uses the system's
 * @property {import('./find-cuda.mjs').Cuda | null} cuda null: the addon computes on the CPU only
 * @property {string[]} notes what a reader should know, such as why CUDA is not used
 */

/** Before this one, operations that the addon calls are missing. Debian 12 has it. */
const LEAST = { major: 1, minor: 13 };
const VERSION_HEADERS = [
  'torch/csrc/api/include/torch/version.h',
  // From 2.9 on the numbers are here, and the other file includes it.
  'torch/headeronly/version.h',
];
export const LIBRARY_ENDING = process.platform === 'darwin' ? 'dylib' : 'so';

export class LibtorchFolderError extends Error {
  code = 'libtorch-folder';
  /** @param {string} problem */
  constructor(problem) {
    super(problem);
    this.name = 'LibtorchFolderError';
  }
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Libtorch | { missing: string }} `missing`: why none was found, for a reader
 * @throws {LibtorchFolderError} CAPGRID_LIBTORCH is set and is no usable libtorch
 */
export function findLibtorch(env) {
  if (env.CAPGRID_LIBTORCH) return fromFolder(env, resolve(env.CAPGRID_LIBTORCH));
  /** @type {string[]} */
  const refused = [];
  for (const python of ['python3', '/usr/bin/python3']) {
    const folder = askPython(env, python);
    // Debian's python3-torch only links to the system's headers and libraries, or to nothing.
    if (folder === null || !hasOwnFiles(folder)) continue;
    const found = readFolders(env, {
      source: `PyTorch of ${python} (${folder})`,
      include: join(folder, 'include'),
      library: join(folder, 'lib'),
    });
    if (!('problem' in found)) return found;
    refused.push(found.problem);
  }
  for (const library of systemFolders()) {
    const found = readFolders(env, {
      source: `the system's libtorch (${library})`,
      include: '/usr/include',
      library,
    });
    if (!('problem' in found)) return found;
    refused.push(found.problem);
  }
  return { missing: ['no libtorch was found', ...refused].join('; ') };
}

/**
 * @param {Record<string, string | undefined>} env
 * @param {string} folder
 */
function fromFolder(env, folder) {
  const found = readFolders(env, {
    source: `CAPGRID_LIBTORCH (${folder})`,
    include: join(folder, 'include'),
    library: join(folder, 'lib'),
  });
  if (!('problem' in found)) return found;
  throw new LibtorchFolderError(
    `CAPGRID_LIBTORCH is "${env.CAPGRID_LIBTORCH}": ${found.problem}. ` +
      'Give the folder of an unpacked libtorch or of an installed torch package, ' +
      'with include/ and lib/ in it, or leave the variable out.',
  );
}

/**
 * Asks where torch lies without importing it, which would take seconds.
 *
 * @param {Record<string, string | undefined>} env
 * @param {string} python
 */
function askPython(env, python) {
  const script =
    "import importlib.util as u; s = u.find_spec('torch'); print(s.origin if s and s.origin else '')";
  // A folder called torch in the working folder would count as a package.
  const answer = spawnSync(python, ['-c', script], { cwd: '/', env, encoding: 'utf8' });
  const origin = answer.status === 0 ? answer.stdout.trim() : '';
  return origin === '' ? null : dirname(origin);
}

/** @param {string} folder of the torch package */
function hasOwnFiles(folder) {
  const library = join(folder, 'lib', `libtorch_cpu.${LIBRARY_ENDING}`);
  const header = join(folder, 'include', 'ATen', 'ATen.h');
  if (!existsSync(library) || !existsSync(header)) return false;
  return realpathSync(header).startsWith(realpathSync(folder) + sep);
}

/** Debian and its relatives keep libraries below /usr/lib by processor. */
function systemFolders() {
  const processors = new Map([
    ['x64', 'x86_64'],
    ['arm64', 'aarch64'],
  ]);
  const processor = processors.get(process.arch) ?? process.arch;
  return [`/usr/lib/${processor}-linux-gnu`, '/usr/lib64', '/usr/lib'].filter((folder) =>
    existsSync(join(folder, 'libtorch_cpu.so')),
  );
}

/**
 * @param {Record<string, string | undefined>} env
 * @param {{ source: string, include: string, library: string }} where
 * @returns {Libtorch | { problem: string }}
 */
function readFolders(env, { source, include, library }) {
  const has = (/** @type {string} */ name) =>
    existsSync(join(library, `lib${name}.${LIBRARY_ENDING}`));
  for (const name of ['torch', 'torch_cpu', 'c10']) {
    if (!has(name)) return { problem: `there is no lib${name}.${LIBRARY_ENDING} in ${library}` };
  }
  const version = readVersion(include);
  if (version === null) return { problem: `${include} does not hold the headers of libtorch` };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < LEAST.major || (major === LEAST.major && minor < LEAST.minor)) {
    const least = `${LEAST.major}.${LEAST.minor}`;
    return { problem: `${library} holds libtorch ${version}, and ${least} or newer is needed` };
  }
  const isCudaBuild = has('torch_cuda') && has('c10_cuda');
  const cuda = isCudaBuild ? findCuda(env, library) : { missing: null };
  const api = join(include, 'torch/csrc/api/include');
  return {
    source,
    version,
    includes: include === '/usr/include' ? [api] : [include, api],
    libraryFolder: library,
    libraries: [
      'torch',
      'torch_cpu',
      'c10',
      ...('missing' in cuda ? [] : ['torch_cuda', 'c10_cuda']),
    ],
    usesCxx11Abi: readAbi(join(library, `libc10.${LIBRARY_ENDING}`)),
    openmp: include === '/usr/include' ? null : findOpenmp(library),
    cuda: 'missing' in cuda ? null : cuda,
    notes: 'missing' in cuda && cuda.missing !== null ? [cuda.missing] : [],
  };
}

/** @param {string} include */
function readVersion(include) {
  for (const header of VERSION_HEADERS) {
    const path = join(include, header);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const [major, minor, patch] = ['MAJOR', 'MINOR', 'PATCH'].map(
      (part) => new RegExp(`#define TORCH_VERSION_${part} (\\d+)`).exec(text)?.[1],
    );
    if (major !== undefined && minor !== undefined) return `${major}.${minor}.${patch ?? 0}`;
  }
  return null;
}

/**
 * The constructor of c10::Error takes a std::string; its mangled name tells which one. Wheels up to
 * PyTorch 2.5 have the old one.
 *
 * @param {string} library
 */
function readAbi(library) {
  return !readFileSync(library).includes('_ZN3c105ErrorC2ENS_14SourceLocationESs');
}

/**
 * Wheels bring their own OpenMP runtime under a changed name. An addon that loaded the system's one
 * beside it would compute with two pools of threads.
 *
 * @param {string} library
 */
function findOpenmp(library) {
  for (const folder of [library, join(library, '../../torch.libs')]) {
    if (!existsSync(folder)) continue;
    const name = readdirSync(folder).find((file) => /^libgomp[-.].*so/.test(file));
    if (name !== undefined) return join(folder, name);
  }
  return null;
}
