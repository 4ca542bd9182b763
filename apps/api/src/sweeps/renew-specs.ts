/**
 * Work that is launched again gets its specs as this release writes them: its key says that it is the
 * same work, but the stored form may be one that cannot be read any more. Finished work too, as later
 * work reads its specs: an evaluation that of its training.
 */
import type { Sha256 } from '@capgrid/contracts';
import { ROWS_A_STATEMENT } from '../database/insert-rows.js';
import type { Database } from '../database/query-rows.js';
import type { Known, WorkTable } from './known-work.js';

/** Writes only rows that differ. `planned`: the work of the launch, with the named columns. */
export async function renewSpecs<Column extends string>(
  database: Database,
  table: WorkTable,
  columns: readonly Column[],
  known: ReadonlyMap<Sha256, Known>,
  planned: ReadonlyMap<Sha256, Record<Column, unknown>>,
): Promise<void> {
  const rows = [...planned].flatMap(([key, work]) => {
    const id = known.get(key)?.id;
    const specs = columns.map((column) => [column, work[column]]);
    return id === undefined ? [] : [{ id, ...Object.fromEntries(specs) }];
  });
  const values = columns.map((column) => `${column} = renewed.${column}`);
  const differences = columns.map(
    (column) => `${table}.${column} IS DISTINCT FROM renewed.${column}`,
  );
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    await database.query(
      `UPDATE ${table} SET ${values.join(', ')}
       FROM json_populate_recordset(NULL::${table}, $1) AS renewed
       WHERE ${table}.id = renewed.id AND (${differences.join(' OR ')})`,
      [JSON.stringify(rows.slice(start, start + ROWS_A_STATEMENT))],
    );
  }
}
