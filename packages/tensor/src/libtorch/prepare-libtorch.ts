/** Registers the backend `libtorch` and its kernels with tfjs-core. */
import {
  findBackend,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
} from '@tensorflow/tfjs-core';
import { availableParallelism } from 'node:os';
import { LibtorchBackend } from './backend.js';
import { loadBinding, type Runtime } from './binding.js';
import { delegate } from './delegate.js';
import { complexKernels } from './kernels/complex.js';
import { elementwiseKernels } from './kernels/elementwise.js';
import { fusedKernels } from './kernels/fused.js';
import { indexingKernels } from './kernels/indexing.js';
import { BACKEND, registerNative, type NativeKernel } from './kernels/kernel.js';
import { matrixKernels } from './kernels/matrix.js';
import { reductionKernels } from './kernels/reduction.js';
import { shapeKernels } from './kernels/shape.js';

/** @returns what the engine runs on */
export async function prepareLibtorch(): Promise<Runtime> {
  const known = findBackend(BACKEND);
  if (known instanceof LibtorchBackend) return known.binding.runtime();
  await import('@tensorflow/tfjs-backend-cpu');
  const binding = loadBinding();
  binding.setThreads(availableParallelism());
  const backend = new LibtorchBackend(binding);
  for (const kernel of nativeKernels(backend)) registerNative(backend, kernel);
  borrowTheRest(backend);
  registerBackend(BACKEND, () => backend);
  return binding.runtime();
}

function nativeKernels({ binding }: LibtorchBackend): NativeKernel[] {
  return [
    ...elementwiseKernels(binding),
    ...reductionKernels(binding),
    ...matrixKernels,
    ...shapeKernels,
    ...indexingKernels,
    ...complexKernels,
    ...fusedKernels,
  ];
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
