/** Curves and progress of a training, thinned: a step may take a few milliseconds. */
import type { Point } from '@capgrid/contracts';
import type { TrainingStep } from '@capgrid/models';
import type { FromChild } from './child-messages.js';
import { every, reportPhase } from './progress-reports.js';

/** Points per curve: one in ten steps, or two a second when steps are slow. */
const EVERY_STEPS = 10;
const EVERY_MS = 500;

export interface StepReports {
  step: (step: TrainingStep) => void;
  validated: (step: number, perplexity: number) => void;
}

export function reportSteps(
  checkpointEvery: number,
  tell: (message: FromChild) => Promise<void>,
): StepReports {
  const training = reportPhase('train', tell);
  const isDue = every(EVERY_MS);
  return {
    step: (at) => {
      const { step, loss, totalStepsEstimate: total } = at;
      const secondsLeft = training.report(step, total, loss);
      if (step % EVERY_STEPS === 0 || step === 1 || isDue()) {
        void tell({ type: 'points', points: pointsOf(at) });
      }
      if (step % checkpointEvery !== 0) return;
      // The validation that follows says nothing until it is done.
      const progress = { phase: 'validate' as const, done: step, total, loss, secondsLeft };
      void tell({ type: 'progress', progress });
    },
    validated: (step, value) => {
      void tell({ type: 'points', points: [{ name: 'val/perplexity', step, value }] });
    },
  };
}

function pointsOf({ step, loss, learningRate, gradientNorm, captionsPerSecond }: TrainingStep) {
  const points: Point[] = [
    { name: 'train/loss', step, value: loss },
    { name: 'train/learning-rate', step, value: learningRate },
    { name: 'train/gradient-norm', step, value: gradientNorm },
    { name: 'train/captions-per-second', step, value: captionsPerSecond },
  ];
  return points;
}
