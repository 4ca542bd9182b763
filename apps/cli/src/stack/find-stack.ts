/** Is there a stack of this CAPGRID_HOME, and does somebody look after it? */
import { isRunning } from './process-identity.js';
import { readState, type StackState } from './state-file.js';

/** `leftover`: its supervisor was killed; parts of it may still run. */
export type FoundStack =
  | { kind: 'none' }
  | { kind: 'running'; state: StackState }
  | { kind: 'leftover'; state: StackState };

export function findStack(home: string): FoundStack {
  const state = readState(home);
  if (state === null) return { kind: 'none' };
  return { kind: isRunning(state.supervisor) ? 'running' : 'leftover', state };
}
