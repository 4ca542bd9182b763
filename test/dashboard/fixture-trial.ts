/** One trial of a fixture sweep, whole. */
import {
  type Attempt,
  crossEntropySpec,
  expandSweep,
  type MeasuredScores,
  type TaskStatus,
  type Training,
  type Trial,
  type TrialSpec,
  type TrialSummary,
} from '@capgrid/contracts';
import { measure } from './fixture-scores.js';
import { type FixtureSweep, specOf, trialsOf } from './fixture-sweep.js';

const DIGEST = 'ab'.repeat(32);
export const ENGINE = {
  name: 'libtorch',
  version: 'libtorch 1.13.0',
  device: 'cpu',
  threads: 2,
  blas: 'OpenBLAS 0.3.21',
};

export function trialOf(sweep: FixtureSweep, number: number): Trial | null {
  const summary = trialsOf(sweep)[number - 1];
  const cell = expandSweep(specOf(sweep)).cells[number - 1];
  if (summary === undefined || cell === undefined) return null;
  const isFinished = summary.status === 'finished';
  const trainings = trainingsOf(summary, cell.spec);
  const own = trainings.find(({ id }) => id === summary.trainingId);
  if (own === undefined) throw new Error('a trial has a training of its own');
  return {
    ...summary,
    sweepName: specOf(sweep).name,
    spec: cell.spec,
    training: own,
    trainings,
    evaluation: {
      id: summary.evaluationId,
      key: DIGEST,
      status: taskStatusOf(summary, 'waiting'),
      scores: measuredOf(sweep, summary, cell.spec),
      scoring: { version: 1, meteorParaphrasesSha256: null, spiceJarSha256: null },
      captions: isFinished ? 60 : null,
      engine: isFinished ? ENGINE : null,
      durationMs: isFinished ? 2_940 : null,
      predictionsSha256: isFinished ? DIGEST : null,
    },
    // What was cancelled was still in the queue.
    attempts:
      summary.status === 'cancelled'
        ? []
        : trainings.map(({ taskId }, index) => attemptOf(sweep, summary, taskId, index)),
  };
}

function taskStatusOf({ status }: TrialSummary, otherwise: TaskStatus): TaskStatus {
  return status === 'finished' || status === 'failed' || status === 'cancelled'
    ? status
    : otherwise;
}

/** In the order of the seeds, what a self-critical one starts from before it. */
function trainingsOf(summary: TrialSummary, { training, decode }: TrialSpec): Training[] {
  const ensemble = Array.from({ length: decode.ensemble }, (_, index) => training.seed + index);
  return ensemble.flatMap((seed, index) => {
    const id = index === 0 ? summary.trainingId : `${summary.trainingId}_seed${seed}`;
    const member = trainingOf(summary, id, seed);
    if (crossEntropySpec(training) === null) return [member];
    return [
      trainingOf(summary, `${id}_start`, seed),
      { ...member, isSelfCritical: true, bestStep: 0, bestCiderD: 1 },
    ];
  });
}

function trainingOf(summary: TrialSummary, id: string, seed: number): Training {
  const isFinished = summary.status === 'finished';
  return {
    id,
    taskId: `tsk_${id}`,
    key: DIGEST,
    status: taskStatusOf(summary, 'running'),
    seed,
    isSelfCritical: false,
    vocabularySize: isFinished ? 61 : null,
    parameters: isFinished ? 214_845 : null,
    bestStep: isFinished ? 1034 : null,
    steps: isFinished ? 1128 : null,
    epochs: isFinished ? 6 : null,
    bestPerplexity: isFinished ? 2.613 : null,
    bestCiderD: null,
    stopReason: isFinished ? 'max-epochs' : null,
    vectorCoverage: null,
    engine: isFinished ? ENGINE : null,
    // One has been stopped and has gone on elsewhere.
    earlierEngines: isFinished && summary.number === 24 ? [{ ...ENGINE, threads: 8 }] : [],
    durationMs: isFinished ? 84_211 : null,
    weightsSha256: isFinished ? DIGEST : null,
    trials: 3,
  };
}

function attemptOf(
  sweep: FixtureSweep,
  { status, failure }: TrialSummary,
  taskId: string,
  index: number,
): Attempt {
  return {
    id: `att_${index + 1}`,
    taskId,
    kind: 'training',
    number: 1,
    status: status === 'failed' ? 'failed' : 'lost',
    trainer: 'trainer-1@host',
    startedAt: sweep.launchedAt,
    endedAt: sweep.launchedAt.replace(':00.000Z', ':37.000Z'),
    failure: failure ?? {
      code: 'lease-expired',
      message: 'no heartbeat for 30 s; the trainer was killed or cut off',
      isRetryable: true,
      step: 300,
    },
  };
}

export function measuredOf(
  sweep: FixtureSweep,
  { number, scores }: TrialSummary,
  { decode }: TrialSpec,
): MeasuredScores | null {
  if (scores === null) return null;
  const isSecond = sweep.isMixed === true && number === 2;
  const hasParaphrases = isSecond || sweep.hasJava === true;
  return measure(scores, { split: decode.split, hasParaphrases });
}
