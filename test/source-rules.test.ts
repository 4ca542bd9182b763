/** Rules about files that lint cannot express. See CONTRIBUTING.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', 'dist', '.next']);
const FORBIDDEN_NAMES = new Set(['utils', 'helpers', 'common', 'misc', 'shared', 'lib']);
/** Past this a file is split by idea. */
const MAX_LINES = 400;

const sources = ['packages', 'apps', 'test'].flatMap((folder) => sourcesBelow(join(root, folder)));

/** Paths of sources, relative to the root, for which `isBroken` holds. */
function broken(isBroken: (source: { path: string; text: string }) => boolean): string[] {
  return sources.filter(isBroken).map((source) => source.path);
}

it('finds the sources', () => {
  expect(sources.map((source) => source.path)).toEqual(
    expect.arrayContaining(['packages/metrics/src/bleu.ts', 'test/source-rules.test.ts']),
  );
});

it('no file or folder is called utils, helpers, common, misc, shared or lib', () => {
  expect(
    broken(({ path }) =>
      path.split('/').some((part) => FORBIDDEN_NAMES.has(part.replace(/\.\w+$/, ''))),
    ),
  ).toEqual([]);
});

it('no file is longer than 400 lines', () => {
  expect(broken(({ text }) => text.split('\n').length > MAX_LINES)).toEqual([]);
});

it('names are exported one by one, never with a star', () => {
  expect(broken(({ text }) => /^export \* /m.test(text))).toEqual([]);
});

function sourcesBelow(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourcesBelow(path);
    if (!/\.(ts|tsx|mjs)$/.test(entry.name) || entry.name.endsWith('.d.ts')) return [];
    return [{ path: relative(root, path), text: readFileSync(path, 'utf8') }];
  });
}
