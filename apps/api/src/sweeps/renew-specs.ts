/**
 * Work that failed or was cancelled and is launched again gets its spec as this release writes it: its
 * key says that it is the same work, but the stored form may be one that cannot be read any more.
 */
import type { Sha256 } from '@capgrid/contracts';
import type { Database } from '../database/query-rows.js';
import type { Known } from './known-work.js';

/** `planned`: the spec of the launch. */
export async function renewSpecs(
  database: Database,
  table: 'trainings' | 'evaluations',
  column: 'spec' | 'decode',
  known: ReadonlyMap<Sha256, Known>,
  planned: (key: Sha256) => unknown,
): Promise<void> {
  const rows = [...known.values()]
    .filter(({ status }) => status === 'failed' || status === 'cancelled')
    .map(({ key, id }) => ({ id, [column]: planned(key) }));
  if (rows.length === 0) return;
  await database.query(
    `UPDATE ${table} SET ${column} = renewed.${column}
     FROM json_populate_recordset(NULL::${table}, $1) AS renewed
     WHERE ${table}.id = renewed.id`,
    [JSON.stringify(rows)],
  );
}
