/** initdb: makes an empty cluster, all or nothing. */
import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asAccount, type Account } from './account.js';
import { MAJOR_VERSION } from './binaries.js';
import { isFileError, PostgresError } from './postgres-error.js';

export const ROLE = 'capgrid';

const run = promisify(execFile);

export interface NewCluster {
  binaries: string;
  cluster: string;
  account: Account;
  password: string;
}

/** A killed initdb leaves only `<cluster>.new`, which the next start removes. */
export async function createCluster({ binaries, cluster, account, password }: NewCluster) {
  const folder = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  await rm(folder, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(folder, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  try {
    if (account !== null) {
      await chown(folder, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    await initialize(join(binaries, 'bin', 'initdb'), folder, passwordFile, account);
    await rename(folder, cluster);
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** @throws PostgresError `other-version` when other binaries wrote the cluster */
export async function checkVersion(cluster: string): Promise<void> {
  const found = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (found === MAJOR_VERSION) return;
  throw new PostgresError(
    'other-version',
    `${cluster} was written by Postgres ${found}; this is Postgres ${MAJOR_VERSION}, which cannot ` +
      'open it. Move the data with pg_dump of the old version, or delete the folder to start with ' +
      'an empty database.',
  );
}

/** null when there is no cluster. */
export async function hasCluster(cluster: string): Promise<boolean> {
  try {
    await readFile(join(cluster, 'PG_VERSION'));
    return true;
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return false;
    if (!isFileError(cause, 'EACCES')) throw cause;
    throw new PostgresError(
      'folder-of-another-user',
      `${cluster} belongs to another user. Run as that user, or set CAPGRID_HOME to a folder of your own.`,
      { cause },
    );
  }
}

async function initialize(
  initdb: string,
  folder: string,
  passwordFile: string,
  account: Account,
): Promise<void> {
  // The built-in locale sorts and compares alike on every machine, whatever locales it has.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const login = ['--username', ROLE, '--auth=scram-sha-256', '--pwfile', passwordFile];
  try {
    await run(initdb, ['--pgdata', folder, '--encoding=UTF8', ...locale, ...login], {
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      ...asAccount(account),
    });
  } catch (cause) {
    throw new PostgresError(
      'initdb-failed',
      `Cannot make a database in ${folder}: ${tell(cause)}`,
      {
        cause,
      },
    );
  }
}

/** Nothing of the caller's environment: PGDATA, PGPORT or LC_ALL would change the server. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

function tell(cause: unknown): string {
  if (cause instanceof Error && 'stderr' in cause && typeof cause.stderr === 'string') {
    const told = cause.stderr.trim();
    if (told !== '') return told.replaceAll('\n', ' ');
  }
  return String(cause);
}
