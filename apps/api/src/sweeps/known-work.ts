/** Finds work by key that earlier sweeps have asked for. */
import { Sha256, TaskStatus } from '@capgrid/contracts';
import { z } from 'zod';
import { queryRows, type Database } from '../database/query-rows.js';

const Known = z.object({
  key: Sha256,
  id: z.string(),
  task_id: z.string(),
  status: TaskStatus,
  is_cancel_requested: z.boolean(),
});
export type Known = z.infer<typeof Known>;

export type WorkTable = 'feature_sets' | 'trainings' | 'evaluations';

export async function findKnown(
  database: Database,
  table: WorkTable,
  keys: Iterable<Sha256>,
): Promise<Map<Sha256, Known>> {
  const rows = await queryRows(
    database,
    Known,
    `SELECT ${table}.key, ${table}.id, ${table}.task_id, tasks.status, tasks.is_cancel_requested
     FROM ${table} JOIN tasks ON tasks.id = ${table}.task_id
     WHERE ${table}.key = ANY($1)`,
    [[...keys]],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** Finished or on its way: a launch adds nothing for it. */
export function isReusable(known: Known | undefined): boolean {
  if (known === undefined) return false;
  return known.status !== 'failed' && known.status !== 'cancelled' && !known.is_cancel_requested;
}
