/** Starts one of the TensorFlow.js engines and says what it is. */
import { getBackend, ready, setBackend, version_core } from '@tensorflow/tfjs-core';
import { availableParallelism } from 'node:os';
import { EngineStartError, UnknownDeviceError, UnknownEngineError } from './errors.js';
import { captureStep } from './libtorch/capture-step.js';
import { prepareLibtorch, type LibtorchOptions } from './libtorch/prepare-libtorch.js';
import { prepareTensorflow } from './tensorflow/prepare-tensorflow.js';
import { prepareWasm } from './wasm/prepare-wasm.js';

export const ENGINE_KINDS = ['libtorch', 'wasm', 'cpu', 'tensorflow'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

/** What a result records about the machinery that computed it. */
export interface Engine {
  readonly name: EngineKind;
  /** Name of the backend in tfjs-core's registry; models check it against `tf.getBackend()`. */
  readonly backend: string;
  readonly version: string;
  readonly device: string;
  readonly threads: number;
  /** The library that multiplies matrices on the CPU; null where the engine has its own. */
  readonly blas: string | null;
  /** Records steps where the device can; elsewhere each call runs the step. */
  readonly captureStep: typeof captureStep;
}

/** Of the engine "libtorch"; the others take no device but `cpu` and leave the rest alone. */
export type EngineOptions = LibtorchOptions;

/**
 * Makes `kind` the active backend of tfjs-core in this process. Calling it again is cheap and
 * returns an equal description.
 */
export async function startEngine(kind: EngineKind, options: EngineOptions = {}): Promise<Engine> {
  const description = await prepare(kind, options);
  const isActive = await setBackend(kind);
  if (!isActive) throw new EngineStartError(kind);
  await ready();
  return { name: kind, backend: getBackend(), ...description, captureStep };
}

type Description = Pick<Engine, 'version' | 'device' | 'threads' | 'blas'>;

async function prepare(kind: EngineKind, options: EngineOptions): Promise<Description> {
  const plain = { device: 'cpu', threads: 1, blas: null };
  const { device: wanted = 'cpu' } = options;
  if (kind !== 'libtorch' && wanted !== 'cpu') {
    throw new UnknownDeviceError(wanted, `Only the engine "libtorch" takes one, not "${kind}".`);
  }
  switch (kind) {
    case 'libtorch': {
      const { version, device, threads, blas } = await prepareLibtorch(options);
      // What rounds differently is part of the version that a result records.
      const rounding = device === 'cpu' || options.strictFloat32 === true ? '' : ', TF32';
      return { version: `libtorch ${version}${rounding}`, device, threads, blas };
    }
    case 'wasm':
      await prepareWasm();
      return { version: `tfjs-backend-wasm ${version_core}`, ...plain };
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      return { version: `tfjs-backend-cpu ${version_core}`, ...plain };
    case 'tensorflow': {
      const { version, device } = await prepareTensorflow();
      // TensorFlow's own default: one thread per core.
      return { version, device, threads: availableParallelism(), blas: null };
    }
    default:
      throw new UnknownEngineError(kind, ENGINE_KINDS);
  }
}
