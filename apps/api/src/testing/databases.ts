/** Databases that live as long as a test file. */
import { Client } from 'pg';
import type { DataSource } from 'typeorm';

export function urlOf(postgresUrl: string, name: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function createDatabase(
  postgresUrl: string,
  name: string,
  template: string | null = null,
): Promise<string> {
  const copied = template === null ? '' : ` TEMPLATE ${template}`;
  await execute(postgresUrl, `CREATE DATABASE ${name}${copied}`);
  return urlOf(postgresUrl, name);
}

export async function dropDatabase(postgresUrl: string, name: string): Promise<void> {
  await execute(postgresUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** Goes down below a migration, whatever came after it. */
export async function undoMigration(source: DataSource, name: string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const rows: unknown[] = await source.query('SELECT FROM migrations WHERE name = $1', [name]);
    return rows.length > 0;
  };
  while (await isThere()) await source.undoLastMigration();
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
