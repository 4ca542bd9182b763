/** Bulk inserts: one statement per thousand rows. */
import type { Database } from './query-rows.js';

export const ROWS_A_STATEMENT = 1000;

/** Rows are objects with the named columns; they are inserted in order. */
export async function insertRows<Row extends Record<string, unknown>>(
  database: Database,
  table: string,
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
): Promise<void> {
  const names = columns.join(', ');
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    await database.query(
      `INSERT INTO ${table} (${names})
       SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1)`,
      [JSON.stringify(rows.slice(start, start + ROWS_A_STATEMENT))],
    );
  }
}
