/** The engine a caller passes in: models pick no backend, they check that it is the active one. */
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { EngineMismatchError } from './errors.js';

/** The caller owns the inputs and the results. */
export type TensorFunction = (inputs: Tensor[]) => Tensor[];

export interface Engine {
  readonly name: string;
  /** Name in tfjs-core's registry of backends. */
  readonly backend: string;
  /**
   * Present where the engine can record what a function runs and replay it for inputs of the same
   * shapes. The function must depend on its inputs and on variables only: constants that it uploads
   * stay as they were at the first call.
   */
  readonly captureStep?: (step: TensorFunction) => TensorFunction;
}

export function assertEngine(engine: Engine): void {
  if (getBackend() !== engine.backend) throw new EngineMismatchError(engine.backend, getBackend());
}
