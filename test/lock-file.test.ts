/**
 * `npm ci` refuses a lock file that lacks an optional dependency of another platform, and an install
 * against a registry without those packages silently leaves them out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Lock {
  packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
}

const { packages } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'),
) as Lock;

it('the lock file lists the binaries of every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !foldersAbove(path).some((folder) => `${folder}${name}` in packages))
      .map(([name, version]) => `${name}@${version} of ${path}`),
  );
  expect(missing).toEqual([]);
});

/** Where Node looks for a dependency of the package at `path`, nearest first. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/node_modules/');
  const nested = parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`);
  return [...nested.toReversed().map((folder) => `${folder}node_modules/`), 'node_modules/'];
}
