/** One trial of a fixture sweep, whole. */
import {
  expandSweep,
  type MeasuredScores,
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
  return {
    ...summary,
    sweepName: specOf(sweep).name,
    spec: cell.spec,
    training: {
      id: summary.trainingId,
      key: DIGEST,
      status: isFinished ? 'finished' : summary.status === 'failed' ? 'failed' : 'running',
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
      earlierEngines: isFinished && number === 24 ? [{ ...ENGINE, threads: 8 }] : [],
      durationMs: isFinished ? 84_211 : null,
      weightsSha256: isFinished ? DIGEST : null,
      trials: 3,
    },
    evaluation: {
      id: summary.evaluationId,
      key: DIGEST,
      status: isFinished ? 'finished' : 'waiting',
      scores: measuredOf(sweep, summary, cell.spec),
      scoring: { version: 1, meteorParaphrasesSha256: null, spiceJarSha256: null },
      captions: isFinished ? 60 : null,
      engine: isFinished ? ENGINE : null,
      durationMs: isFinished ? 2_940 : null,
      predictionsSha256: isFinished ? DIGEST : null,
    },
    attempts: [
      {
        id: 'att_1',
        taskId: 'tsk_1',
        kind: 'training',
        number: 1,
        status: summary.status === 'failed' ? 'failed' : 'lost',
        trainer: 'trainer-1@host',
        startedAt: sweep.launchedAt,
        endedAt: sweep.launchedAt.replace(':00.000Z', ':37.000Z'),
        failure: summary.failure ?? {
          code: 'lease-expired',
          message: 'no heartbeat for 30 s; the trainer was killed or cut off',
          isRetryable: true,
          step: 300,
        },
      },
    ],
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
