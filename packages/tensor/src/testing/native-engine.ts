/** For tests of the engine "libtorch": starts it, or skips the test where its addon is not built. */
import { findBackend } from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { beforeAll, beforeEach } from 'vitest';
import { startEngine } from '../engine.js';
import { LibtorchBackend } from '../libtorch/backend.js';
import { ADDON_PATH, type Binding } from '../libtorch/binding.js';

/** Why tests of the addon cannot run here; null: they can. */
export const MISSING_ADDON = existsSync(ADDON_PATH)
  ? null
  : 'the native engine is not built: npm run build:native -w @capgrid/tensor';

/** Makes libtorch on the CPU the engine of every test of the file. */
export function useNativeEngine(): void {
  beforeAll(async () => {
    if (MISSING_ADDON === null) await startEngine('libtorch', { device: 'cpu' });
  });
  beforeEach((context) => {
    if (MISSING_ADDON !== null) context.skip(MISSING_ADDON);
  });
}

export function nativeBackend(): LibtorchBackend {
  const backend = findBackend('libtorch');
  if (backend instanceof LibtorchBackend) return backend;
  throw new Error('the engine libtorch is not started');
}

export function nativeBinding(): Binding {
  return nativeBackend().binding;
}
