/**
 * Learning rate and early stop by validation: the rate falls after `patience` checkpoints without
 * improvement (the counter starts again after each fall), training ends after `stopAfter` (a counter
 * of its own that only an improvement resets).
 */

/** Plain data: a checkpoint holds it as it is. */
export interface PlateauState {
  /** Without warm-up. */
  readonly learningRate: number;
  readonly sinceChange: number;
  readonly sinceBest: number;
}

export interface PlateauRules {
  readonly factor: number;
  /** Infinity where the rate never falls. */
  readonly patience: number;
  readonly stopAfter: number;
}

/** Whether the training should end. */
export function hasStalled({ sinceBest }: PlateauState, { stopAfter }: PlateauRules): boolean {
  return sinceBest >= stopAfter;
}

export function startPlateau(learningRate: number): PlateauState {
  return { learningRate, sinceChange: 0, sinceBest: 0 };
}

/**
 * @param isBest the checkpoint is better than all before
 * @param isWarmingUp the rate still rises: it does not fall yet, but the counters count
 */
export function afterValidation(
  state: PlateauState,
  { factor, patience }: PlateauRules,
  { isBest, isWarmingUp }: { readonly isBest: boolean; readonly isWarmingUp: boolean },
): { readonly state: PlateauState; readonly hasFallen: boolean } {
  if (isBest) {
    const improved = { ...state, sinceChange: 0, sinceBest: 0 };
    return { state: improved, hasFallen: false };
  }
  const hasFallen = state.sinceChange + 1 >= patience && !isWarmingUp;
  return {
    state: {
      learningRate: hasFallen ? state.learningRate * factor : state.learningRate,
      sinceChange: hasFallen ? 0 : state.sinceChange + 1,
      sinceBest: state.sinceBest + 1,
    },
    hasFallen,
  };
}
