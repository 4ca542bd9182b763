/** Databases that live as long as a test file. */
import { Client } from 'pg';

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

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
