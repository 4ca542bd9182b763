/** A sweep in any state, built from a real spec: what the API would tell of it. */
import {
  expandSweep,
  parseSweep,
  type Sweep,
  type SweepProgress,
  type TrialStatus,
  type TrialSummary,
} from '@capgrid/contracts';
import { scoresOf } from './fixture-scores.js';

export type FixtureSweep = {
  id: string;
  text: string;
  /** Status by trial number; finished where not named. */
  statuses: Map<number, TrialStatus>;
  /** Published BLEU-4 and CIDEr-D, times 100, laid beside every row of the best attention. */
  hasPublished: boolean;
  /** SPICE was measured, and METEOR with paraphrases. */
  hasJava?: boolean;
  /** METEOR of the second trial was measured with paraphrases, all others without. */
  isMixed?: boolean;
  launchedAt: string;
  /** Begins the ids of its trainings; those of sweeps without are the same. */
  trainings?: string;
};

export function specOf(sweep: FixtureSweep) {
  const parsed = parseSweep(sweep.text);
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
}

export function sweepOf(sweep: FixtureSweep): Sweep {
  const spec = specOf(sweep);
  const { factors, dropped } = expandSweep(spec);
  return {
    id: sweep.id,
    name: spec.name,
    dataset: spec.dataset,
    createdAt: sweep.launchedAt,
    finishedAt: null,
    progress: progressOf(sweep),
    spec,
    factors,
    dropped,
  };
}

export function progressOf(sweep: FixtureSweep): SweepProgress {
  const trials = trialsOf(sweep);
  const count = (...statuses: TrialStatus[]) =>
    trials.filter(({ status }) => statuses.includes(status)).length;
  const running = trials.filter(({ progress }) => progress !== null);
  const isOver = count('finished', 'failed', 'cancelled') === trials.length;
  const failed = count('failed');
  return {
    status: isOver ? (failed > 0 ? 'finished-with-failures' : 'finished') : 'running',
    trials: {
      total: trials.length,
      queued: count('queued'),
      running: running.length,
      finished: count('finished'),
      failed,
      cancelled: count('cancelled'),
    },
    trainings: { total: 8, finished: Math.floor(count('finished') / 3), reused: 1 },
    secondsLeft: isOver ? null : 260,
    running: running.map((trial) => ({
      taskId: `tsk_${trial.number}`,
      kind: 'training',
      label: Object.values(trial.assignment).join(', '),
      progress: trial.progress,
    })),
  };
}

export function trialsOf(sweep: FixtureSweep): TrialSummary[] {
  return expandSweep(specOf(sweep)).cells.map((cell, index) => {
    const number = index + 1;
    const status = sweep.statuses.get(number) ?? 'finished';
    return {
      id: `${sweep.id}-${number}`,
      sweepId: sweep.id,
      number,
      assignment: cell.assignment,
      seed: cell.seed,
      status,
      trainingId: `${sweep.trainings ?? 'trn'}_${Math.ceil(number / 3)}`,
      evaluationId: `evl_${number}`,
      isTrainingReused: number <= 3,
      isEvaluationReused: number === 1,
      scores: status === 'finished' ? scoresOf(sweep, number, cell.seed) : null,
      failure:
        status === 'failed'
          ? {
              code: 'loss-not-finite',
              message: 'the loss was NaN at step 1840; lower optimizer.learningRate',
              isRetryable: false,
              step: 1840,
            }
          : null,
      progress:
        status === 'training'
          ? { phase: 'train', done: 412, total: 1128, loss: 0.4312, secondsLeft: 41 }
          : null,
    };
  });
}
