/** Curves and progress of a training, thinned: a step may take a few milliseconds. */
import { POINT_NAMES, type Point } from '@capgrid/contracts';
import type { TrainingStep, Validation } from '@capgrid/models';
import type { FromChild } from './child-messages.js';
import { every, reportPhase } from './progress-reports.js';

/** Points per curve: one in ten steps, or two a second when steps are slow. */
const EVERY_STEPS = 10;
const EVERY_MS = 500;

export interface StepReports {
  step: (step: TrainingStep) => void;
  validated: (step: number, validation: Validation) => void;
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
    validated: (step, validation) => {
      void tell({ type: 'points', points: validationPoints(step, validation) });
    },
  };
}

function pointsOf(at: TrainingStep): Point[] {
  const { step, rewards } = at;
  return points(step, {
    'train/loss': at.loss,
    'train/learning-rate': at.learningRate,
    'train/gradient-norm': at.gradientNorm,
    'train/captions-per-second': at.captionsPerSecond,
    'train/tokens-per-second': at.tokensPerSecond,
    'train/reward': rewards?.reward,
    'train/baseline': rewards?.baseline,
    'train/distinct-share': rewards?.distinctShare,
    'train/unfinished-share': rewards?.unfinishedShare,
    'train/bad-ending-share': rewards?.badEndingShare,
  });
}

function validationPoints(step: number, { perplexity, attention, ciderD }: Validation): Point[] {
  return points(step, {
    'val/perplexity': perplexity,
    'val/attention-entropy': attention?.entropy,
    'val/attention-max': attention?.largest,
    'val/cider-d': ciderD,
  });
}

/** What is not measured has no point. */
function points(
  step: number,
  values: Partial<Record<Point['name'], number | null | undefined>>,
): Point[] {
  return POINT_NAMES.flatMap((name) => {
    const value = values[name] ?? null;
    return value === null ? [] : [{ name, step, value }];
  });
}
