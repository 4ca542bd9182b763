/**
 * Results that are gone from the store. A finished task is computed again when a task that reads its
 * result is to run again and the store lacks a file of it. Only the store of the API says so: what a
 * trainer could not read may be whole, if the trainer looks into another store.
 */
import { Sha256 } from '@capgrid/contracts';
import { z } from 'zod';
import { queryRow, queryRows, type Database } from '../database/query-rows.js';
import type { StoreReader } from '../datasets/store-reader.js';

export type LostResults = {
  /** Finished tasks. */
  taskIds: readonly string[];
  /**
   * By the clock of the database, before the store was asked: a task that finished later has put its
   * files there anew.
   */
  askedAt: string;
};

const FILES_AT_ONCE = 32;

const Asked = z.object({ at: z.string() });
const TaskId = z.object({ id: z.string() });
const Result = z.object({ id: z.string(), files: z.array(Sha256) });

/**
 * Of what the failed and cancelled among these tasks read, and what those read that are lost themselves.
 * Takes no locks, as files may lie on a slow disk.
 */
export async function findLostResults(
  database: Database,
  store: StoreReader,
  ids: readonly string[],
): Promise<LostResults> {
  const asked = await queryRow(database, Asked, 'SELECT clock_timestamp()::text AS at');
  if (asked === null) throw new Error('the database has no clock');
  const ended = await queryRows(
    database,
    TaskId,
    "SELECT id FROM tasks WHERE id = ANY($1) AND status IN ('failed', 'cancelled')",
    [ids],
  );
  const lost = new Set<string>();
  let readers = ended.map(({ id }) => id);
  while (readers.length > 0) {
    const results = await queryRows(database, Result, RESULTS_READ, [readers, [...lost]]);
    const missing = await missingFiles(store, new Set(results.flatMap(({ files }) => files)));
    readers = results
      .filter(({ files }) => files.some((sha256) => missing.has(sha256)))
      .map(({ id }) => id);
    for (const id of readers) lost.add(id);
  }
  return { taskIds: [...lost], askedAt: asked.at };
}

/** Files that no task reads, as the weights of an encoder trained on the spot, are not missed. */
const RESULTS_READ = `
SELECT needed.id, array_remove(ARRAY[
    feature_sets.features_sha256, trainings.weights_sha256, trainings.vocabulary_sha256
  ], NULL) AS files
FROM (SELECT DISTINCT needed_id FROM task_needs WHERE task_id = ANY($1)) needs
JOIN tasks needed ON needed.id = needs.needed_id AND needed.status = 'finished'
LEFT JOIN feature_sets ON feature_sets.task_id = needed.id
LEFT JOIN trainings ON trainings.task_id = needed.id
WHERE needed.id <> ALL($2)`;

async function missingFiles(
  store: StoreReader,
  files: ReadonlySet<Sha256>,
): Promise<ReadonlySet<Sha256>> {
  const missing = new Set<Sha256>();
  const left = files.values();
  const lookUp = async (): Promise<void> => {
    for (const sha256 of left) if (!(await store.has(sha256))) missing.add(sha256);
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, lookUp));
  return missing;
}
