/** What a data folder remembers between starts: the password, the port and where the cluster lies. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isFileError, PostgresError } from './postgres-error.js';

const Connection = z.strictObject({
  version: z.literal(1),
  password: z.string().min(16),
  port: z.int().min(1).max(65535).nullable(),
  /** Absolute path, or null for `cluster` inside the data folder. */
  cluster: z.string().nullable(),
});
export type Connection = z.infer<typeof Connection>;

/** null when the data folder is new. */
export async function readConnection(dataFolder: string): Promise<Connection | null> {
  const path = connectionPath(dataFolder);
  const text = await readText(path, dataFolder);
  if (text === null) return null;
  const parsed = Connection.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new PostgresError(
    'folder-not-usable',
    `${path} is damaged: ${z.prettifyError(parsed.error)} Restore it, or delete ${dataFolder} to ` +
      'start with an empty database.',
  );
}

/** Readable by its owner only: it holds the password. */
export async function writeConnection(dataFolder: string, connection: Connection): Promise<void> {
  const path = connectionPath(dataFolder);
  await writeFile(`${path}.new`, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function connectionPath(dataFolder: string): string {
  return join(dataFolder, 'connection.json');
}

async function readText(path: string, dataFolder: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return null;
    if (!isFileError(cause, 'EACCES')) throw cause;
    throw new PostgresError(
      'folder-of-another-user',
      `${dataFolder} belongs to another user. Run as that user, or set CAPGRID_HOME to a folder of your own.`,
      { cause },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
