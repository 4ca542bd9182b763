/** What a group reports: one value of one contender. */
import type { SpeedOverPytorch } from './speed-over-pytorch.js';

export interface Result extends SpeedOverPytorch {
  readonly group: string;
  readonly name: string;
  readonly engine: string;
  readonly device: string;
  /** Of the median round. */
  readonly value: number;
  readonly unit: string;
  /** Of the fastest round. */
  readonly best: number;
  readonly rounds: number;
  readonly threads: number;
  /** Of the engine. */
  readonly version: string;
  /** What only this group reports. */
  readonly [detail: string]: unknown;
}
