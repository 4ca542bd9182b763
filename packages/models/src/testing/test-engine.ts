/** The engine that a test project runs on; all tests get it from here. */
import { startEngine } from '@capgrid/tensor';
import { inject } from 'vitest';
import type { Engine } from '../engine.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** From the vitest.*.config.ts of the project. */
    engine: 'cpu' | 'libtorch';
  }
}

/** Makes the engine of this project the active one. */
export async function startTestEngine(): Promise<Engine> {
  const kind = inject('engine');
  // Without its addon every test is skipped, but the hooks of the files still run.
  if (kind === 'libtorch' && (await missingAddon()) !== null) return startEngine('cpu');
  return startEngine(kind);
}

/** Why the libtorch engine cannot be tested here: its addon is not built. Null where it is. */
export async function missingAddon(): Promise<string | null> {
  try {
    await startEngine('libtorch');
    return null;
  } catch (error) {
    // An addon that is there and does not load is a fault, not a reason to skip.
    if (error instanceof Error && 'code' in error && error.code === 'engine-not-built') {
      return error.message;
    }
    throw error;
  }
}
