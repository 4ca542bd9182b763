/** How fast a contender is beside PyTorch in the same run. */
import { PYTORCH, type Started } from './contenders.js';
import type { Timing } from './interleave.js';

export interface SpeedOverPytorch {
  /** Of the median rounds; above 1 is faster. Null without PyTorch, as below. */
  readonly ratioToPytorch: number | null;
  /**
   * Of the fastest rounds. Other work on the machine makes rounds slower, never faster: where the two
   * ratios differ much, it took part in the medians.
   */
  readonly bestRatioToPytorch: number | null;
}

/** `timings` are those of `started`, in the same order. */
export function speedOverPytorch(
  { medianMs, bestMs }: Timing,
  started: readonly Started[],
  timings: readonly Timing[],
): SpeedOverPytorch {
  const pytorch = timings[started.findIndex(({ contender }) => contender.name === PYTORCH)];
  if (pytorch === undefined) return WITHOUT_PYTORCH;
  return {
    ratioToPytorch: pytorch.medianMs / medianMs,
    bestRatioToPytorch: pytorch.bestMs / bestMs,
  };
}

export const WITHOUT_PYTORCH: SpeedOverPytorch = {
  ratioToPytorch: null,
  bestRatioToPytorch: null,
};
