/**
 * The moves of a task from state to state. Each runs inside a transaction. Locks are always taken
 * in the order attempt, then tasks by position, what is needed before what needs it, so that no two
 * transactions wait for each other.
 */
import { Failure, TaskKind } from '@capgrid/contracts';
import { z } from 'zod';
import { notifyChange } from '../events/change-feed.js';
import { queryRow, queryRows, type Database } from '../database/query-rows.js';

/** Attempts that may fail retryably before the task fails. */
const MAX_FAILURES = 3;
/** Attempts that may be lost (preempted, crashed machine) before the task fails. */
const MAX_LOSSES = 5;

/** Of a row of `tasks`: nothing that it needs is unfinished. */
const HAS_ALL_NEEDS = `NOT EXISTS (
  SELECT FROM task_needs JOIN tasks needed ON needed.id = task_needs.needed_id
  WHERE task_needs.task_id = tasks.id AND needed.status <> 'finished'
)`;

const TaskId = z.object({ id: z.string() });
const Locked = z.object({
  id: z.string(),
  kind: TaskKind,
  failures: z.int(),
  losses: z.int(),
  is_cancel_requested: z.boolean(),
});

/** Locks tasks against other transactions, in the common order. */
export async function lockTasks(database: Database, ids: readonly string[]): Promise<void> {
  await database.query(
    `SELECT id FROM tasks WHERE id = ANY($1) ORDER BY position FOR NO KEY UPDATE`,
    [ids],
  );
}

/**
 * Milliseconds of the earlier attempts whose work the last one went on with. Of one that was lost
 * nobody knows its end; it was alive until its lease ran out at most.
 */
const EARLIER_MS = `(
  SELECT COALESCE(sum(extract(epoch FROM LEAST(ended_at, lease_until) - started_at)) * 1000, 0)::integer
  FROM attempts
  WHERE task_id = tasks.id AND status NOT IN ('running', 'finished') AND number >= (
    SELECT max(number) FROM attempts WHERE task_id = tasks.id AND resume_step IS NULL
  )
)`;

/**
 * Ends a task well and lets go of what waited for it.
 *
 * @param durationMs of the attempt that finished it
 */
export async function finishTask(
  database: Database,
  taskId: string,
  durationMs: number,
): Promise<void> {
  await lockTasks(database, [taskId]);
  await database.query(
    `UPDATE tasks SET status = 'finished', finished_at = now(), duration_ms = $2 + ${EARLIER_MS}, failure = NULL,
       is_cancel_requested = false
     WHERE id = $1`,
    [taskId, durationMs],
  );
  const waiting = await queryRows(
    database,
    TaskId,
    'SELECT task_id AS id FROM task_needs WHERE needed_id = $1',
    [taskId],
  );
  const ids = waiting.map(({ id }) => id);
  // Of two needs that end at once the second waits here, and then sees that the first has finished.
  await lockTasks(database, ids);
  await database.query(
    `UPDATE tasks SET status = 'queued', rung_at = NULL
     WHERE id = ANY($1) AND status = 'waiting' AND ${HAS_ALL_NEEDS}`,
    [ids],
  );
  await notifyChange(database);
}

/** After a failed attempt: another one while the failure is retryable and the budget lasts. */
export async function settleFailure(
  database: Database,
  taskId: string,
  failure: Failure,
): Promise<void> {
  const task = await lockTask(database, taskId);
  const failures = task.failures + 1;
  await database.query('UPDATE tasks SET failures = $2 WHERE id = $1', [taskId, failures]);
  if (task.is_cancel_requested) await cancelTask(database, taskId);
  else if (failure.isRetryable && failures < MAX_FAILURES) await requeueTask(database, taskId);
  else await failTask(database, task, failure);
  await notifyChange(database);
}

/** After an attempt whose lease ran out. */
export async function settleLoss(database: Database, taskId: string): Promise<void> {
  const task = await lockTask(database, taskId);
  const losses = task.losses + 1;
  await database.query('UPDATE tasks SET losses = $2 WHERE id = $1', [taskId, losses]);
  if (task.is_cancel_requested) await cancelTask(database, taskId);
  else if (losses < MAX_LOSSES) await requeueTask(database, taskId);
  else {
    await failTask(database, task, {
      code: 'lease-expired',
      message: `${losses} attempts ended without a sign of life from their trainer; see the trainers' logs, then retry the sweep`,
      isRetryable: true,
      step: null,
    });
  }
  await notifyChange(database);
}

/** After a trainer has obeyed `cancel`; queued again where somebody wants the task by now. */
export async function settleCancel(database: Database, taskId: string): Promise<void> {
  const task = await lockTask(database, taskId);
  if (task.is_cancel_requested) await cancelTask(database, taskId);
  else await requeueTask(database, taskId);
  await notifyChange(database);
}

/**
 * Finished tasks whose result a failed one could not read from the store: the failure names the object
 * by its SHA-256.
 */
const SPOILED = `
SELECT needed.id
FROM tasks failed
JOIN task_needs ON task_needs.task_id = failed.id
JOIN tasks needed ON needed.id = task_needs.needed_id AND needed.status = 'finished'
LEFT JOIN feature_sets ON feature_sets.task_id = needed.id
LEFT JOIN trainings ON trainings.task_id = needed.id
CROSS JOIN LATERAL unnest(ARRAY[
  feature_sets.features_sha256, feature_sets.encoder_sha256,
  trainings.weights_sha256, trainings.vocabulary_sha256
]) AS result (sha256)
WHERE failed.id = ANY($1) AND failed.status = 'failed'
  AND failed.failure ->> 'code' IN ('object-missing', 'object-corrupt')
  AND strpos(failed.failure ->> 'message', result.sha256) > 0`;

/**
 * Gives failed and cancelled tasks another life, and finished ones whose result is lost to them. The
 * caller holds their locks.
 */
export async function reviveTasks(database: Database, ids: readonly string[]): Promise<void> {
  await database.query(
    `UPDATE tasks SET status = 'failed' WHERE id = ANY($1) AND id IN (${SPOILED})`,
    [ids],
  );
  await database.query(
    `UPDATE tasks SET is_cancel_requested = false WHERE id = ANY($1) AND is_cancel_requested`,
    [ids],
  );
  await database.query(
    `UPDATE tasks SET failures = 0, losses = 0, failure = NULL, finished_at = NULL, rung_at = NULL,
       revived_at = clock_timestamp(),
       status = CASE WHEN ${HAS_ALL_NEEDS} THEN 'queued' ELSE 'waiting' END
     WHERE id = ANY($1) AND status IN ('failed', 'cancelled')`,
    [ids],
  );
}

async function lockTask(database: Database, taskId: string): Promise<z.infer<typeof Locked>> {
  const task = await queryRow(
    database,
    Locked,
    `SELECT id, kind, failures, losses, is_cancel_requested
     FROM tasks WHERE id = $1 FOR NO KEY UPDATE`,
    [taskId],
  );
  if (task === null) throw new Error(`task ${taskId} vanished; tasks are never deleted`);
  return task;
}

async function requeueTask(database: Database, taskId: string): Promise<void> {
  await database.query("UPDATE tasks SET status = 'queued', rung_at = NULL WHERE id = $1", [
    taskId,
  ]);
}

async function cancelTask(database: Database, taskId: string): Promise<void> {
  await database.query(
    `UPDATE tasks SET status = 'cancelled', is_cancel_requested = false, finished_at = now()
     WHERE id = $1`,
    [taskId],
  );
  await endDependents(database, taskId, 'cancelled', null);
}

async function failTask(
  database: Database,
  task: z.infer<typeof Locked>,
  failure: Failure,
): Promise<void> {
  await database.query(
    "UPDATE tasks SET status = 'failed', finished_at = now(), failure = $2 WHERE id = $1",
    [task.id, JSON.stringify(failure)],
  );
  await endDependents(database, task.id, 'failed', {
    code: 'dependency-failed',
    message: `${task.kind} task ${task.id} failed with ${failure.code}: ${failure.message}`.slice(
      0,
      4000,
    ),
    isRetryable: failure.isRetryable,
    step: null,
  });
}

async function endDependents(
  database: Database,
  taskId: string,
  status: 'failed' | 'cancelled',
  failure: Failure | null,
): Promise<void> {
  const ids = await dependents(database, taskId);
  await lockTasks(database, ids);
  await database.query(
    `UPDATE tasks SET status = $2, failure = $3, finished_at = now()
     WHERE id = ANY($1) AND status = 'waiting'`,
    [ids, status, failure === null ? null : JSON.stringify(failure)],
  );
}

/** Everything that waits for a task, directly or through others. */
async function dependents(database: Database, taskId: string): Promise<string[]> {
  const rows = await queryRows(
    database,
    TaskId,
    `WITH RECURSIVE waiting (id) AS (
       SELECT task_id FROM task_needs WHERE needed_id = $1
       UNION
       SELECT task_needs.task_id FROM task_needs JOIN waiting ON task_needs.needed_id = waiting.id
     )
     SELECT id FROM waiting`,
    [taskId],
  );
  return rows.map((row) => row.id);
}
