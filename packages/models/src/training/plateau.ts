/**
 * Learning rate and early stop by validation perplexity: the rate falls after `patience`
 * checkpoints without improvement (the counter starts again after each fall), training ends after
 * `stopAfter` (a counter of its own that only an improvement resets).
 */
import type { ScheduleSpec } from '@capgrid/contracts';

/** Plain data: a checkpoint holds it as it is. */
export interface PlateauState {
  readonly learningRate: number;
  readonly best: { readonly perplexity: number; readonly step: number } | null;
  readonly sinceChange: number;
  readonly sinceBest: number;
}

export function startPlateau(learningRate: number): PlateauState {
  return { learningRate, best: null, sinceChange: 0, sinceBest: 0 };
}

export function afterValidation(
  state: PlateauState,
  schedule: ScheduleSpec,
  perplexity: number,
  step: number,
): { readonly state: PlateauState; readonly isBest: boolean; readonly shouldStop: boolean } {
  if (state.best === null || perplexity < state.best.perplexity) {
    const improved = { ...state, best: { perplexity, step }, sinceChange: 0, sinceBest: 0 };
    return { state: improved, isBest: true, shouldStop: false };
  }
  const { factor, patience } = schedule.plateau;
  const isFlat = state.sinceChange + 1 >= patience;
  const next = {
    learningRate: isFlat ? state.learningRate * factor : state.learningRate,
    best: state.best,
    sinceChange: isFlat ? 0 : state.sinceChange + 1,
    sinceBest: state.sinceBest + 1,
  };
  return { state: next, isBest: false, shouldStop: next.sinceBest >= schedule.stopAfter };
}
