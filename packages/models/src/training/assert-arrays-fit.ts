/** Whether the arrays of a training state are those of the model that it should go on with. */
import { CheckpointError, StateMismatchError } from '../errors.js';
import { assertMatches, type NamedArray, type ParameterPlan } from '../parameters.js';
import type { TrainingState } from './training-state.js';

/** Fails unless weights, moments and every kept checkpoint have the planned names and shapes. */
export function assertArraysFit(state: TrainingState, plans: readonly ParameterPlan[]): void {
  const trained = plans.filter(({ isTrained }) => isTrained !== false);
  assertFits('weights', state.weights, plans);
  assertFits('first moments', state.moments.first, trained);
  assertFits('second moments', state.moments.second, trained);
  for (const [i, { weights, moments }] of state.kept.entries()) {
    assertFits(`kept weights ${i}`, weights, plans);
    if (moments === null) continue;
    assertFits(`kept first moments ${i}`, moments.first, trained);
    assertFits(`kept second moments ${i}`, moments.second, trained);
  }
}

function assertFits(
  what: string,
  arrays: readonly NamedArray[],
  plans: readonly ParameterPlan[],
): void {
  try {
    assertMatches(arrays, plans);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new StateMismatchError(`The ${what} of the training state: ${error.message}`);
  }
}
