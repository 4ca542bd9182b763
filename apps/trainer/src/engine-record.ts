/** What a result says about the engine that computed it. */
import type { EngineRecord } from '@capgrid/contracts';
import type { Engine } from '@capgrid/tensor';

export function engineRecord({ name, version, device, threads, blas }: Engine): EngineRecord {
  return { name, version, device, threads, blas };
}
