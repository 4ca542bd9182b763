/**
 * The engine `tensorflow`: TensorFlow's own binding for Node, where the user has installed it. It is
 * no dependency, since its binaries cannot be installed on many current machines
 * (tensorflow/tfjs#8362, #8505, #8736).
 */
import { findBackend } from '@tensorflow/tfjs-core';
import { TensorflowMissingError, TensorflowStartError } from '../errors.js';

/** With a GPU first. Both register the backend `tensorflow`. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export interface Tensorflow {
  /** Package and release, e.g. `tfjs-node 4.22.0`. */
  readonly version: string;
  readonly device: 'cpu' | 'cuda';
}

/** Imports a package by its name; rejects as `import()` does. */
export type Load = (name: string) => Promise<unknown>;

/**
 * Registers the backend `tensorflow` with tfjs-core.
 * @param load for packages that lie elsewhere
 * @throws TensorflowMissingError when neither package is installed
 * @throws TensorflowStartError when one is installed and does not load
 */
export async function prepareTensorflow(load: Load = (name) => import(name)): Promise<Tensorflow> {
  for (const name of PACKAGES) {
    const binding = await loadInstalled(name, load);
    if (binding === null) continue;
    return {
      version: `${name.slice('@tensorflow/'.length)} ${versionOf(binding)}`,
      device: deviceOf(),
    };
  }
  throw new TensorflowMissingError(PACKAGES);
}

async function loadInstalled(name: string, load: Load): Promise<unknown> {
  try {
    return await load(name);
  } catch (cause) {
    if (isMissing(cause, name)) return null;
    throw new TensorflowStartError(name, { cause });
  }
}

/** The package itself, not a part of it such as its binary. */
function isMissing(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND') &&
    error.message.includes(`'${name}'`)
  );
}

/** Both packages export `version`, an object with the release of each part. */
function versionOf(binding: unknown): string {
  const versions = propertyOf(binding, 'version');
  const own = propertyOf(versions, 'tfjs-node') ?? propertyOf(versions, 'tfjs');
  return typeof own === 'string' ? own : 'of unknown release';
}

function deviceOf(): Tensorflow['device'] {
  return propertyOf(findBackend('tensorflow'), 'isUsingGpuDevice') === true ? 'cuda' : 'cpu';
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
