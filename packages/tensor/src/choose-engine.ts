/** Picks the engine for whoever asks for none. */
import { AddonMissingError, EngineStartError } from './errors.js';
import type { EngineKind } from './engine.js';
import { loadBinding } from './libtorch/binding.js';

export interface FoundEngine {
  readonly kind: EngineKind;
  /** Why it is not the fastest one: its addon is there and does not load. Null otherwise. */
  readonly problem: string | null;
}

/** @returns `libtorch` where its addon is built and loads in this process, otherwise `wasm` */
export async function chooseEngine(): Promise<EngineKind> {
  return (await findEngine()).kind;
}

/** As `chooseEngine`, with the reason of an engine that does not load. */
export async function findEngine(): Promise<FoundEngine> {
  try {
    loadBinding();
    return { kind: 'libtorch', problem: null };
  } catch (error) {
    if (error instanceof AddonMissingError) return { kind: 'wasm', problem: null };
    if (error instanceof EngineStartError) return { kind: 'wasm', problem: error.reason };
    throw error;
  }
}
