/** The engine a caller passes in: models pick no backend, they check that it is the active one. */
import type { EngineRecord } from '@capgrid/contracts';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { EngineMismatchError } from './errors.js';

/** The caller owns the inputs and the results. */
export type TensorFunction = (inputs: Tensor[]) => Tensor[];

export interface Engine extends Readonly<EngineRecord> {
  /** Name in tfjs-core's registry of backends. */
  readonly backend: string;
  /**
   * Present where the engine can record what a function runs and replay it for inputs of the same
   * shapes. The function must depend on its inputs and on variables only: constants that it uploads
   * stay as they were at the first call.
   */
  readonly captureStep?: (step: TensorFunction) => TensorFunction;
}

/** What a result says about the engine that computed it. */
export function engineRecord({ name, version, device, threads, blas }: Engine): EngineRecord {
  return { name, version, device, threads, blas };
}

/** `engines` with this one as the last. */
export function withEngine(engines: readonly EngineRecord[], engine: Engine): EngineRecord[] {
  const last = engineRecord(engine);
  return [...engines.filter((other) => !isSame(other, last)), last];
}

function isSame(a: EngineRecord, b: EngineRecord): boolean {
  const { name, version, device, threads, blas } = b;
  return (
    a.name === name &&
    a.version === version &&
    a.device === device &&
    a.threads === threads &&
    a.blas === blas
  );
}

export function assertEngine(engine: Engine): void {
  if (getBackend() !== engine.backend) throw new EngineMismatchError(engine.backend, getBackend());
}
