/**
 * The moves of a task from state to state. Each runs inside a transaction. Locks are always taken
 * in the order attempt, then tasks by position, what is needed before what needs it, and a row of their
 * work (`trainings` and the like) only under the lock of its task, so that no two transactions wait for
 * each other.
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
export const HAS_ALL_NEEDS = `NOT EXISTS (
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

const Ended = z.object({ id: z.string(), kind: TaskKind, failure: Failure.nullable() });

/** Locks tasks against other transactions, in the common order. */
export async function lockTasks(database: Database, ids: readonly string[]): Promise<void> {
  await database.query(
    `SELECT id FROM tasks WHERE id = ANY($1) ORDER BY position FOR NO KEY UPDATE`,
    [ids],
  );
}

/**
 * Of a row of `tasks`: milliseconds of the attempts before the last one whose work the last one went on
 * with, those since the last that began at step 0. An attempt begins there when it is given no
 * checkpoint (`resume_step`), or cannot read it: then it tells of training steps up to that one again.
 * Of an attempt that was lost nobody knows its end; it was alive until its lease ran out at most.
 */
const EARLIER_MS = `(
  SELECT COALESCE(sum(extract(epoch FROM LEAST(ended_at, lease_until) - started_at)) * 1000, 0)::integer
  FROM attempts
  WHERE task_id = tasks.id
    AND number < (SELECT max(number) FROM attempts WHERE task_id = tasks.id)
    AND number >= (
      SELECT max(number) FROM attempts
      WHERE task_id = tasks.id AND (resume_step IS NULL OR EXISTS (
        SELECT FROM points
        WHERE attempt_id = attempts.id AND name = 'train/loss' AND step <= resume_step
      ))
    )
)`;

/**
 * Ends a task well and lets go of what waited for it. The caller holds the task's lock.
 *
 * @param durationMs of the attempt that finished it
 */
export async function finishTask(
  database: Database,
  taskId: string,
  durationMs: number,
): Promise<void> {
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
  else if (failure.isRetryable && failures < MAX_FAILURES) await requeueTask(database, task);
  else await failTask(database, task, failure);
  await notifyChange(database);
}

/** After an attempt whose lease ran out. */
export async function settleLoss(database: Database, taskId: string): Promise<void> {
  const task = await lockTask(database, taskId);
  const losses = task.losses + 1;
  await database.query('UPDATE tasks SET losses = $2 WHERE id = $1', [taskId, losses]);
  if (task.is_cancel_requested) await cancelTask(database, taskId);
  else if (losses < MAX_LOSSES) await requeueTask(database, task);
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
  else await requeueTask(database, task);
  await notifyChange(database);
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

/**
 * Another attempt, once all is there that it reads: a result may be lost while a task runs. Where it
 * could not be computed again the task ends as what waits for it did.
 */
async function requeueTask(database: Database, task: z.infer<typeof Locked>): Promise<void> {
  await database.query(
    `UPDATE tasks SET rung_at = NULL,
       status = CASE WHEN ${HAS_ALL_NEEDS} THEN 'queued' ELSE 'waiting' END
     WHERE id = $1`,
    [task.id],
  );
  const ended = await queryRow(
    database,
    Ended,
    `SELECT needed.id, needed.kind, needed.failure
     FROM task_needs JOIN tasks needed ON needed.id = task_needs.needed_id
     WHERE task_needs.task_id = $1 AND needed.status IN ('failed', 'cancelled')
     ORDER BY needed.position LIMIT 1`,
    [task.id],
  );
  if (ended === null) return;
  if (ended.failure === null) await cancelTask(database, task.id);
  else await failTask(database, task, dependencyFailed(ended, ended.failure));
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
  await endDependents(database, task.id, 'failed', dependencyFailed(task, failure));
}

function dependencyFailed(
  { id, kind }: { id: string; kind: TaskKind },
  { code, message, isRetryable }: Failure,
): Failure {
  const told = `${kind} task ${id} failed with ${code}: ${message}`.slice(0, 4000);
  return { code: 'dependency-failed', message: told, isRetryable, step: null };
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
