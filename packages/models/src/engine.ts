/** The engine a caller passes in: models pick no backend, they check that it is the active one. */
import { getBackend } from '@tensorflow/tfjs-core';
import { EngineMismatchError } from './errors.js';

export interface Engine {
  readonly name: string;
  /** Name in tfjs-core's registry of backends. */
  readonly backend: string;
}

export function assertEngine(engine: Engine): void {
  if (getBackend() !== engine.backend) throw new EngineMismatchError(engine.backend, getBackend());
}
