/** Connects to a Postgres, whoever runs it, and asks for its version. */
import pg from 'pg';

/** Nobody waits longer than this to be told that a server does not answer. */
const PATIENCE_MS = 10_000;

/** E.g. `18.4`. */
export async function askVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  } finally {
    await client.end();
  }
}
