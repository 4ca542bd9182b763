/** Hand-written SQL with checked rows. */
import { z } from 'zod';

/** What a DataSource and the EntityManager of a transaction have in common. */
export type Database = { query(sql: string, parameters?: unknown[]): Promise<unknown> };

/** A `timestamptz` as ISO 8601 in UTC. */
export const Instant = z.date().transform((date) => date.toISOString());

/** Runs one statement and checks each row it gives. */
export async function queryRows<Row extends z.ZodType>(
  database: Database,
  row: Row,
  sql: string,
  parameters: unknown[] = [],
): Promise<z.output<Row>[]> {
  const answer = await database.query(sql, parameters);
  return z.array(row).parse(isCounted(answer) ? answer[0] : answer);
}

/** The first row, or null where there is none. */
export async function queryRow<Row extends z.ZodType>(
  database: Database,
  row: Row,
  sql: string,
  parameters: unknown[] = [],
): Promise<z.output<Row> | null> {
  return (await queryRows(database, row, sql, parameters))[0] ?? null;
}

/** TypeORM answers UPDATE and DELETE with `[rows, count]` and everything else with the rows. */
function isCounted(answer: unknown): answer is [unknown[], number] {
  return (
    Array.isArray(answer) &&
    answer.length === 2 &&
    Array.isArray(answer[0]) &&
    typeof answer[1] === 'number'
  );
}
