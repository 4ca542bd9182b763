/** Picks the engine for whoever asks for none. */
import { AddonMissingError, EngineStartError } from './errors.js';
import type { EngineKind } from './engine.js';
import { loadBinding } from './libtorch/binding.js';

/** @returns `libtorch` where its addon is built and loads in this process, otherwise `wasm` */
export async function chooseEngine(): Promise<EngineKind> {
  try {
    loadBinding();
    return 'libtorch';
  } catch (error) {
    if (error instanceof AddonMissingError || error instanceof EngineStartError) return 'wasm';
    throw error;
  }
}
