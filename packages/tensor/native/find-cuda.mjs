/** Finds the headers and the runtime library of CUDA that fit a CUDA build of libtorch. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Cuda
 * @property {string} version of the headers: "12.8"
 * @property {string[]} includes folders for the compiler
 * @property {string[]} libraryFolders where the addon looks for CUDA's libraries when it is loaded
 * @property {string} runtime path of libcudart
 */

/**
 * @param {Record<string, string | undefined>} env
 * @param {string} torchLibrary folder with libtorch_cuda.so
 * @returns {Cuda | { missing: string }}
 */
export function findCuda(env, torchLibrary) {
  const wanted = readTorchCuda(torchLibrary);
  const wheels = wheelFolders(torchLibrary);
  const toolkits = [
    env.CUDA_HOME,
    env.CUDA_PATH,
    ...(wanted ? [`/usr/local/cuda-${wanted}`] : []),
    '/usr/local/cuda',
  ]
    .filter((folder) => typeof folder === 'string' && folder !== '')
    .map((folder = '') => ({
      includes: [join(folder, 'include')],
      libraries: [join(folder, 'lib64'), join(folder, 'lib')],
    }));
  const debian = { includes: ['/usr/include'], libraries: ['/usr/lib/x86_64-linux-gnu'] };
  /** @type {string[]} */
  const refused = [];
  for (const { includes, libraries } of [wheels, ...toolkits, debian]) {
    const version = readHeaderVersion(includes);
    if (version === null) continue;
    if (wanted !== null && majorOf(version) !== majorOf(wanted)) {
      refused.push(`the headers in ${includes[0]} are of CUDA ${version}`);
      continue;
    }
    // From CUDA 13 on pip has them in a package that torch does not ask for, nvidia-cuda-crt.
    const compilerHeaders = [includes, ...toolkits.map((toolkit) => toolkit.includes)].find(
      (folders) =>
        folders.some((folder) => existsSync(join(folder, 'crt/host_defines.h'))) &&
        majorOf(readHeaderVersion(folders)) === majorOf(version),
    );
    if (compilerHeaders === undefined) {
      refused.push(
        `crt/host_defines.h is missing beside ${includes[0]}: pip install nvidia-cuda-crt`,
      );
      continue;
    }
    // What libtorch itself loads comes first: a process must not hold two CUDA runtimes.
    const folders = [torchLibrary, ...wheels.libraries, ...libraries];
    const runtime = findRuntime(folders, version);
    if (runtime === null) {
      refused.push(`no libcudart of CUDA ${majorOf(version)} lies beside ${includes[0]}`);
      continue;
    }
    return {
      version,
      includes: [...new Set([...includes, ...compilerHeaders])].filter(
        (folder) => folder !== '/usr/include',
      ),
      libraryFolders: [...new Set(folders)].filter((folder) => existsSync(folder)),
      runtime,
    };
  }
  return { missing: sayMissing(wanted, refused) };
}

/** @param {string} torchLibrary */
function readTorchCuda(torchLibrary) {
  const path = join(torchLibrary, '../version.py');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return /^cuda\b.*= *'(\d+\.\d+)/m.exec(text)?.[1] ?? null;
}

/**
 * pip installs CUDA's parts beside torch: nvidia/cublas/include and so on, nvidia/cu13/include from
 * CUDA 13 on.
 *
 * @param {string} torchLibrary
 */
function wheelFolders(torchLibrary) {
  const nvidia = join(torchLibrary, '../../nvidia');
  const parts = existsSync(nvidia)
    ? readdirSync(nvidia)
        .toSorted()
        .map((part) => join(nvidia, part))
    : [];
  const pick = (/** @type {string} */ name) =>
    parts.map((part) => join(part, name)).filter((folder) => existsSync(folder));
  return { includes: pick('include'), libraries: pick('lib') };
}

/**
 * @param {readonly string[]} includes
 * @returns {string | null} null: cuda_runtime_api.h is in none of them
 */
export function readHeaderVersion(includes) {
  for (const folder of includes) {
    const path = join(folder, 'cuda_runtime_api.h');
    if (!existsSync(path)) continue;
    // 12080 is 12.8.
    const number = Number(/#define CUDART_VERSION +(\d+)/.exec(readFileSync(path, 'utf8'))?.[1]);
    if (Number.isInteger(number))
      return `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
  }
  return null;
}

/**
 * @param {readonly string[]} folders
 * @param {string} version
 */
function findRuntime(folders, version) {
  const pattern = new RegExp(`^libcudart(-[0-9a-f]+)?\\.so(\\.${majorOf(version)}(\\.|$)|$)`);
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const name = readdirSync(folder)
      .toSorted()
      .find((file) => pattern.test(file));
    if (name !== undefined) return join(folder, name);
  }
  return null;
}

/**
 * @param {string | null} wanted
 * @param {readonly string[]} refused
 */
function sayMissing(wanted, refused) {
  const release = wanted === null ? 'the same release' : `CUDA ${wanted}`;
  const found = refused.length === 0 ? '' : ` (${refused.join('; ')})`;
  return (
    `this libtorch can use CUDA, but the headers of ${release} were not found${found}: ` +
    'install them and set CUDA_HOME. Until then the addon computes on the CPU.'
  );
}

/** @param {string | null} version */
function majorOf(version) {
  return version?.split('.')[0];
}
