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

/** What a launch would find of the work it needs: `added` is what it would add or start again. */
export function countWork(
  total: number,
  known: ReadonlyMap<Sha256, Known>,
): { added: number; pending: number; reused: number } {
  const rows = [...known.values()];
  const reused = rows.filter(isFinished).length;
  const pending = rows.filter(isPending).length;
  return { added: total - pending - reused, pending, reused };
}

export function isFinished(known: Known | undefined): boolean {
  return known?.status === 'finished';
}

/** Under way for an earlier sweep, and to go on. */
function isPending({ status, is_cancel_requested: isCancelRequested }: Known): boolean {
  return ['waiting', 'queued', 'running'].includes(status) && !isCancelRequested;
}
