import { expect, test } from 'vitest';
import { afterValidation, hasStalled, startPlateau, type PlateauState } from './plateau.js';

const RULES = { factor: 0.5, patience: 2, stopAfter: 5 };

/** Rates after each checkpoint; `b` is a best one, `w` one during warm-up, `-` any other. */
function follow(checkpoints: string): { rates: number[]; falls: number[]; stop: number | null } {
  let state: PlateauState = startPlateau(8);
  const rates: number[] = [];
  const falls: number[] = [];
  for (const [at, kind] of checkpoints.split('').entries()) {
    const after = afterValidation(state, RULES, {
      isBest: kind === 'b',
      isWarmingUp: kind === 'w',
    });
    state = after.state;
    rates.push(state.learningRate);
    if (after.hasFallen) falls.push(at);
    if (hasStalled(state, RULES)) return { rates, falls, stop: at };
  }
  return { rates, falls, stop: null };
}

test('the rate falls after `patience` checkpoints without improvement, and again after as many', () => {
  expect(follow('b----')).toEqual({ rates: [8, 8, 4, 4, 2], falls: [2, 4], stop: null });
});

test('an improvement starts both counters again', () => {
  expect(follow('b-b--b----')).toMatchObject({ falls: [4, 7, 9], stop: null });
});

test('training ends after `stopAfter` checkpoints without improvement, whatever the falls', () => {
  expect(follow('b-------')).toMatchObject({ stop: 5 });
});

test('no fall comes during warm-up; the first checkpoint after it may bring one', () => {
  expect(follow('bwww-')).toEqual({ rates: [8, 8, 8, 8, 4], falls: [4], stop: null });
});
