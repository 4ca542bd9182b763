/** What a group reports: one value of one contender. */

export interface Result {
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
  /** Speed over that of PyTorch in the same run, above 1 is faster; null without PyTorch. */
  readonly ratioToPytorch: number | null;
  /** What only this group reports. */
  readonly [detail: string]: unknown;
}
