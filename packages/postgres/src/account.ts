/**
 * Who runs the server. Postgres refuses to run as root, so root hands it to an unprivileged user:
 * the owner of existing data, else `postgres` or `capgrid`, else a new system user `capgrid`.
 */
import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { isFileError, PostgresError } from './postgres-error.js';

/** null: the user who runs this process. */
export type Account = { name: string; uid: number; gid: number } | null;

const NAMES = ['postgres', 'capgrid'];

export async function chooseAccount(clusterFolder: string | null): Promise<Account> {
  if (process.getuid?.() !== 0) return null;
  const accounts = await readAccounts();
  const owner = clusterFolder === null ? null : await ownerOf(clusterFolder);
  if (owner !== null && owner !== 0) {
    const account = accounts.find(({ uid }) => uid === owner);
    if (account !== undefined) return account;
    throw new PostgresError(
      'no-account',
      `${clusterFolder} belongs to user id ${owner}, which no longer exists. Give it to an existing ` +
        'user with chown -R, or delete it to start with an empty database.',
    );
  }
  for (const name of NAMES) {
    const account = accounts.find((entry) => entry.name === name && entry.uid !== 0);
    if (account !== undefined) return account;
  }
  return createAccount();
}

/** Options of `spawn` that make the child run as the account. */
export function asAccount(account: Account): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

async function createAccount(): Promise<Account> {
  const name = 'capgrid';
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
    { encoding: 'utf8' },
  );
  const account = (await readAccounts()).find((entry) => entry.name === name);
  if (account !== undefined) return account;
  throw new PostgresError(
    'no-account',
    'Postgres does not run as root, and no unprivileged user could be made ' +
      `(${made.error?.message ?? made.stderr.trim()}). Create a user named ${name}, run as an ` +
      'ordinary user, or set DATABASE_URL to a Postgres of your own.',
  );
}

async function readAccounts(): Promise<NonNullable<Account>[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

async function ownerOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).uid;
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return null;
    throw cause;
  }
}
