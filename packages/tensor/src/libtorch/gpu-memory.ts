/** How much memory of the GPU is in use. */
import { backend } from '@tensorflow/tfjs-core';
import { LibtorchBackend } from './backend.js';
import type { GpuMemory } from './gpu-binding.js';

/** @returns null where the active engine does not compute on a GPU */
export function gpuMemory(): GpuMemory | null {
  const active = backend();
  return active instanceof LibtorchBackend && active.isOnGpu ? active.binding.gpuMemory() : null;
}
