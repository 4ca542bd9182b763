/** Another life for tasks that have ended without a result, and for those whose result is lost. */
import { z } from 'zod';
import { queryRows, type Database } from '../database/query-rows.js';
import type { LostResults } from './lost-results.js';
import { HAS_ALL_NEEDS, lockTasks } from './task-states.js';

const TaskId = z.object({ id: z.string() });
const SweepId = z.object({ id: z.string() });

/**
 * Runs under the sweep lock, and locks all that it may change to the end of the transaction.
 *
 * @param ids of tasks that are wanted: those of them that failed or were cancelled are revived
 * @param lost what they cannot read: computed again, unless it has been meanwhile
 */
export async function reviveTasks(
  database: Database,
  ids: readonly string[],
  lost: LostResults,
): Promise<void> {
  const readers = await queryRows(
    database,
    TaskId,
    'SELECT DISTINCT task_id AS id FROM task_needs WHERE needed_id = ANY($1)',
    [lost.taskIds],
  );
  await lockTasks(database, [...ids, ...lost.taskIds, ...readers.map(({ id }) => id)]);
  const again = await forgetResults(database, lost);
  const sweeps = await sweepsInNeed(database, again);
  // What runs is left alone: it may have read the result before.
  await database.query(
    `UPDATE tasks SET status = 'waiting', rung_at = NULL
     WHERE status = 'queued' AND id IN (SELECT task_id FROM task_needs WHERE needed_id = ANY($1))`,
    [again],
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
    [[...ids, ...again]],
  );
  // They want what was revived, too: their own tasks wait for it and have not ended.
  await database.query('UPDATE sweeps SET asked_at = clock_timestamp() WHERE id = ANY($1)', [
    sweeps,
  ]);
}

/** As if they had failed; gives the tasks that are not computed again already. */
async function forgetResults(
  database: Database,
  { taskIds, askedAt }: LostResults,
): Promise<string[]> {
  const rows = await queryRows(
    database,
    TaskId,
    `UPDATE tasks SET status = 'failed'
     WHERE id = ANY($1) AND status = 'finished' AND finished_at < $2::timestamptz RETURNING id`,
    [taskIds, askedAt],
  );
  return rows.map(({ id }) => id);
}

/** Live sweeps with a task that reads these results and has not ended. */
async function sweepsInNeed(database: Database, taskIds: readonly string[]): Promise<string[]> {
  const rows = await queryRows(
    database,
    SweepId,
    `SELECT DISTINCT sweeps.id
     FROM task_needs
     JOIN tasks reader ON reader.id = task_needs.task_id
     CROSS JOIN LATERAL task_trials(reader.id) needing
     JOIN sweeps ON sweeps.id = needing.sweep_id
     WHERE task_needs.needed_id = ANY($1) AND sweeps.cancelled_at IS NULL
       AND reader.status IN ('waiting', 'queued', 'running')`,
    [taskIds],
  );
  return rows.map(({ id }) => id);
}
