/** How far a sweep is, computed from the rows of its tasks. */
import {
  Assignment,
  Progress,
  TaskKind,
  TrialStatus,
  type SweepProgress,
  type SweepStatus,
} from '@capgrid/contracts';
import { z } from 'zod';
import { queryRow, queryRows, type Database } from '../database/query-rows.js';
import { describeTask } from './describe-task.js';
import { estimateSecondsLeft } from './estimate-seconds-left.js';

const Totals = z.object({
  is_cancelled: z.boolean(),
  seeds: z.int(),
  trainings: z.int(),
  trainings_finished: z.int(),
  training_seeds: z.int(),
  trainings_reused: z.int(),
});
const StatusCount = z.object({ status: TrialStatus, trials: z.int() });
const Tally = z.object({
  kind: TaskKind,
  pending: z.int(),
  mean_seconds: z.number().nullable(),
});
const Running = z.object({
  task_id: z.string(),
  kind: TaskKind,
  number: z.int(),
  assignment: Assignment,
  seed: z.coerce.number(),
  is_start: z.boolean(),
  progress: Progress.nullable(),
  elapsed_seconds: z.number(),
});

export async function readProgress(database: Database, sweepId: string): Promise<SweepProgress> {
  const totals = await queryRow(database, Totals, TOTALS, [sweepId]);
  if (totals === null) throw new Error(`sweep ${sweepId} has no totals; its caller has read it`);
  const counts = await queryRows(
    database,
    StatusCount,
    `SELECT status, count(*)::integer AS trials FROM trial_states
     WHERE sweep_id = $1 GROUP BY status`,
    [sweepId],
  );
  const tallies = await queryRows(database, Tally, TALLIES, [sweepId]);
  const running = await queryRows(database, Running, RUNNING, [sweepId]);
  const trials = sumTrials(counts);
  return {
    status: sweepStatus(totals.is_cancelled, trials),
    trials,
    trainings: {
      total: totals.trainings,
      finished: totals.trainings_finished,
      reused: totals.trainings_reused,
    },
    secondsLeft:
      trials.queued + trials.running === 0
        ? 0
        : estimateSecondsLeft(
            tallies.map(({ kind, pending, mean_seconds: meanSeconds }) => ({
              kind,
              pending,
              meanSeconds,
            })),
            running.map((task) => ({
              kind: task.kind,
              elapsedSeconds: task.elapsed_seconds,
              secondsLeft: task.progress?.secondsLeft ?? null,
            })),
          ),
    running: running.map((task) => ({
      taskId: task.task_id,
      kind: task.kind,
      label: describeTask({
        kind: task.kind,
        number: task.number,
        assignment: task.assignment,
        isStart: task.is_start,
        seed: isSeedNamed(task.kind, totals) ? task.seed : null,
      }),
      progress: task.progress,
    })),
  };
}

/** Where there are several. The members of an ensemble have others than its trial. */
function isSeedNamed(kind: TaskKind, totals: z.infer<typeof Totals>): boolean {
  return (kind === 'training' ? totals.training_seeds : totals.seeds) > 1;
}

function sumTrials(counts: readonly z.infer<typeof StatusCount>[]): SweepProgress['trials'] {
  const of = (...statuses: TrialStatus[]): number =>
    counts
      .filter((count) => statuses.includes(count.status))
      .reduce((sum, count) => sum + count.trials, 0);
  return {
    total: counts.reduce((sum, count) => sum + count.trials, 0),
    queued: of('queued'),
    running: of('extracting', 'training', 'evaluating'),
    finished: of('finished'),
    failed: of('failed'),
    cancelled: of('cancelled'),
  };
}

/** A sweep with failures is never simply finished. */
function sweepStatus(isCancelled: boolean, trials: SweepProgress['trials']): SweepStatus {
  if (isCancelled) return 'cancelled';
  if (trials.queued + trials.running > 0) return 'running';
  return trials.finished === trials.total ? 'finished' : 'finished-with-failures';
}

/** Starts and members of ensembles count as every other training does, here as in a preview. */
const TOTALS = `
SELECT sweeps.cancelled_at IS NOT NULL AS is_cancelled,
  (SELECT count(DISTINCT seed)::integer FROM trials WHERE sweep_id = $1) AS seeds,
  counted.*
FROM sweeps
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS trainings,
    (count(*) FILTER (WHERE tasks.status = 'finished'))::integer AS trainings_finished,
    (count(*) FILTER (
      WHERE tasks.status = 'finished' AND tasks.finished_at < sweeps.created_at
    ))::integer AS trainings_reused,
    count(DISTINCT trainings.spec ->> 'seed')::integer AS training_seeds
  FROM sweep_tasks($1) needed
  JOIN tasks ON tasks.id = needed.task_id
  JOIN trainings ON trainings.task_id = tasks.id
) counted
WHERE sweeps.id = $1`;

const TALLIES = `
SELECT tasks.kind,
  (count(*) FILTER (WHERE tasks.status IN ('waiting', 'queued')))::integer AS pending,
  (avg(tasks.duration_ms) FILTER (WHERE tasks.status = 'finished'))::double precision / 1000
    AS mean_seconds
FROM sweep_tasks($1) needed JOIN tasks ON tasks.id = needed.task_id
GROUP BY tasks.kind`;

/**
 * An evaluation is numbered by its trial, a training by the first trial that needs it, in the order in
 * which the launch made them. Members of an ensemble and what a self-critical training starts from are
 * trainings of their own, each with its own seed.
 */
const RUNNING = `
WITH trainings_of_sweep AS (
  SELECT trainings.*, row_number() OVER (ORDER BY tasks.position)::integer AS number
  FROM sweep_tasks($1) needed
  JOIN tasks ON tasks.id = needed.task_id
  JOIN trainings ON trainings.task_id = tasks.id
)
SELECT DISTINCT ON (tasks.position)
  tasks.id AS task_id, tasks.kind, trials.assignment, attempts.progress,
  COALESCE((training.spec ->> 'seed')::bigint, trials.seed) AS seed,
  COALESCE(training.number, trials.number) AS number,
  training.id IS NOT NULL AND training.start_training_id IS NULL
    AND own.start_training_id IS NOT NULL AS is_start,
  extract(epoch FROM now() - attempts.started_at)::double precision AS elapsed_seconds
FROM attempts
JOIN tasks ON tasks.id = attempts.task_id
CROSS JOIN LATERAL task_trials(tasks.id) needing
JOIN trials ON trials.id = needing.trial_id AND trials.sweep_id = $1
JOIN trainings own ON own.id = trials.training_id
LEFT JOIN trainings_of_sweep training ON training.task_id = tasks.id
WHERE attempts.status = 'running'
-- Of the trials that need a training one that has it as its own tells its factors best.
ORDER BY tasks.position, trials.training_id = training.id DESC NULLS LAST, trials.number`;
