/** Registers the backend `libtorch` and its kernels with tfjs-core. */
import {
  findBackend,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
} from '@tensorflow/tfjs-core';
import { availableParallelism, totalmem } from 'node:os';
import { EngineOptionError, UnknownDeviceError } from '../errors.js';
import { LibtorchBackend } from './backend.js';
import { loadBinding, type Runtime } from './binding.js';
import { chooseDevice, describeDevice } from './choose-device.js';
import { delegate } from './delegate.js';
import { keptLimit } from './kept-limit.js';
import { BACKEND, registerNative } from './kernels/kernel.js';
import { nativeKernels } from './native-kernels.js';

export interface LibtorchOptions {
  /** `cpu`, `cuda` or `cuda:1`; unless given, the first GPU where there is one. */
  readonly device?: string | undefined;
  /** True: GPUs do not round the factors of matrix products and convolutions to TF32. */
  readonly strictFloat32?: boolean | undefined;
  /** On the CPU; unless given, one per core. */
  readonly threads?: number | undefined;
}

/**
 * @returns what the engine runs on
 * @throws UnknownDeviceError, also when the engine runs on another device already
 * @throws EngineOptionError when `threads` is no whole number from 1 on
 */
export async function prepareLibtorch(
  options: LibtorchOptions = {},
): Promise<Runtime & { readonly device: string }> {
  checkThreads(options.threads);
  const known = findBackend(BACKEND);
  if (known instanceof LibtorchBackend) return describeAgain(known, options);
  await import('@tensorflow/tfjs-backend-cpu');
  const binding = loadBinding();
  binding.setThreads(options.threads ?? availableParallelism());
  binding.setKeptLimit(keptLimit(totalmem(), process.constrainedMemory()));
  const gpus = binding.gpus();
  const gpu = chooseDevice(options.device, gpus);
  if (gpu !== null) binding.useGpu(gpu);
  binding.setStrictFloat32(options.strictFloat32 ?? false);
  const backend = new LibtorchBackend(binding, gpu);
  for (const { kernels } of nativeKernels(binding)) {
    for (const kernel of kernels) registerNative(backend, kernel);
  }
  borrowTheRest(backend);
  registerBackend(BACKEND, () => backend);
  return { ...binding.runtime(), device: describeDevice(gpu, gpus) };
}

function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1)) return;
  throw new EngineOptionError('threads', threads, 'give a whole number of at least 1');
}

/** A started engine keeps its device, since its tensors are there; the rest can change. */
function describeAgain({ binding, gpu }: LibtorchBackend, options: LibtorchOptions) {
  const gpus = binding.gpus();
  const device = describeDevice(gpu, gpus);
  if (options.device !== undefined && chooseDevice(options.device, gpus) !== gpu) {
    throw new UnknownDeviceError(
      options.device,
      `The engine computes on ${device} in this process already; start another process.`,
    );
  }
  if (options.strictFloat32 !== undefined) binding.setStrictFloat32(options.strictFloat32);
  if (options.threads !== undefined) binding.setThreads(options.threads);
  return { ...binding.runtime(), device };
}

/** Kernels without a native form run on tfjs-backend-cpu. */
function borrowTheRest(backend: LibtorchBackend): void {
  const native = new Set(getKernelsForBackend(BACKEND).map(({ kernelName }) => kernelName));
  for (const { kernelName, kernelFunc } of getKernelsForBackend('cpu')) {
    if (native.has(kernelName)) continue;
    registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => delegate(backend, kernelFunc, inputs, attrs),
    });
  }
}
