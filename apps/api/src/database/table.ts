/**
 * Describes a table to TypeORM with the constraint names that the migrations use, so that the drift
 * test can compare the two.
 */
import {
  EntitySchema,
  type EntitySchemaColumnOptions,
  type EntitySchemaIndexOptions,
} from 'typeorm';

export type Columns<Row> = { [Name in keyof Row]: EntitySchemaColumnOptions };

export type Constraints<Row> = {
  /** Column to the table whose `id` it holds; each gets an index. */
  references?: { [Name in keyof Row & string]?: string };
  /** Checks by the column they are named after. */
  checks?: { [Name in keyof Row & string]?: string };
  /** Groups of columns that are unique together. */
  uniques?: (keyof Row & string)[][];
  /** Foreign key columns that a primary or unique key already serves. */
  servedByKey?: (keyof Row & string)[];
  indices?: EntitySchemaIndexOptions[];
};

export const text = { type: 'text' } as const;
export const key = { type: 'text', primary: true } as const;
export const integer = { type: 'integer' } as const;
export const integerKey = { type: 'integer', primary: true } as const;
export const score = { type: 'double precision' } as const;
export const json = { type: 'jsonb' } as const;
/** Keeps the order of keys. */
export const orderedJson = { type: 'json' } as const;
export const instant = { type: 'timestamptz' } as const;
export const createdAt = { type: 'timestamptz', default: () => 'now()' } as const;
export const count = { type: 'integer', default: 0 } as const;
export const flag = { type: 'boolean', default: false } as const;
export const serial = { type: 'bigint', generated: 'increment' } as const;

export function optional(column: EntitySchemaColumnOptions): EntitySchemaColumnOptions {
  return { ...column, nullable: true };
}

export function table<Row extends object>(
  name: string,
  columns: Columns<Row>,
  constraints: Constraints<Row> = {},
): EntitySchema<Row> {
  const references = pairs(constraints.references);
  const served: readonly string[] = constraints.servedByKey ?? [];
  const options: EntitySchemaColumnOptions[] = Object.values(columns);
  for (const column of options) {
    if (column.primary === true) column.primaryKeyConstraintName = `${name}_pkey`;
  }
  return new EntitySchema<Row>({
    name,
    tableName: name,
    columns,
    foreignKeys: references.map(([column, target]) => ({
      name: `${name}_${column}_fkey`,
      target,
      columnNames: [column],
      referencedColumnNames: ['id'],
    })),
    checks: pairs(constraints.checks).map(([column, expression]) => ({
      name: `${name}_${column}_check`,
      expression,
    })),
    uniques: (constraints.uniques ?? []).map((group) => ({
      name: `${name}_${group.join('_')}_key`,
      columns: group,
    })),
    indices: [
      ...references
        .filter(([column]) => !served.includes(column))
        .map(([column]) => ({ name: `${name}_${column}_idx`, columns: [column] })),
      ...(constraints.indices ?? []),
    ],
  });
}

function pairs(record: Record<string, string | undefined> | undefined): [string, string][] {
  return Object.entries(record ?? {}).flatMap(([column, value]) =>
    value === undefined ? [] : [[column, value]],
  );
}
