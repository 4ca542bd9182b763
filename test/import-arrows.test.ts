/**
 * Proves that lint enforces the import arrows. The table in docs/architecture.md is the expectation;
 * for each of its cells a file with that import is written and linted with the real configuration.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { runOxlint } from './run-oxlint.js';

const root = join(import.meta.dirname, '..');
const APPS = ['api', 'trainer', 'cli', 'dashboard'];

type Allowed = 'yes' | 'types' | 'no';
interface Arrow {
  from: string;
  /** What stands in the import statement. */
  to: string;
  allowed: Allowed;
}

const arrows = readArrows();
/** Files in which lint found a forbidden import. */
const rejected = new Set<string>();

beforeAll(() => {
  const files = new Map<string, string>();
  for (const arrow of arrows) {
    const { values, types, reExport } = filesOf(arrow);
    files.set(values, `import { a } from '${arrow.to}';\nexport const b = a;\n`);
    files.set(types, `import type { A } from '${arrow.to}';\nexport type B = A;\n`);
    files.set(reExport, `export { a } from '${arrow.to}';\n`);
  }
  for (const { path, rule } of runOxlint(files)) {
    if (rule.includes('no-restricted-imports')) rejected.add(path);
  }
});

it('the table of import arrows has a row for every workspace', () => {
  const workspaces = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  expect(new Set(arrows.map((arrow) => arrow.from))).toEqual(new Set(workspaces));
});

it('lint lets tests start Postgres and engines, and no more', () => {
  const allowed = new Map([
    ['apps/api/src/a.test.ts', "import '@capgrid/postgres';\n"],
    ['apps/trainer/src/a.test.ts', "import '@capgrid/postgres';\n"],
    ['packages/models/src/a.test.ts', "import '@tensorflow/tfjs-backend-cpu';\n"],
    ['packages/models/src/testing/a.ts', "import '@tensorflow/tfjs-backend-cpu';\n"],
    ['packages/models/src/testing/b.ts', "import '@capgrid/tensor';\n"],
    ['packages/ops/src/a.test.ts', "import '@tensorflow/tfjs-backend-cpu';\n"],
  ]);
  const forbidden = new Map([
    ['apps/dashboard/src/a.test.ts', "import '@capgrid/postgres';\n"],
    ['apps/api/src/b.test.ts', "import '@capgrid/models';\n"],
    ['packages/models/src/b.test.ts', "import '@tensorflow/tfjs-backend-wasm';\n"],
    ['packages/models/src/testing/c.ts', "import '@capgrid/data';\n"],
    ['packages/ops/src/b.test.ts', "import '@capgrid/tensor';\n"],
    ['packages/ops/src/testing/a.ts', "import '@tensorflow/tfjs-backend-cpu';\n"],
  ]);
  const found = runOxlint(new Map([...allowed, ...forbidden])).map((finding) => finding.path);
  expect(new Set(found)).toEqual(new Set(forbidden.keys()));
});

it.for([...new Set(arrows.map((arrow) => arrow.from))])('lint lets %s import just that', (from) => {
  const row = arrows.filter((arrow) => arrow.from === from);
  const expected = row.map(({ to, allowed }) => [to, allowed]);
  expect(row.map((arrow) => [arrow.to, foundByLint(arrow)])).toEqual(expected);
});

function foundByLint(arrow: Arrow): Allowed | 'differs for export' {
  const { values, types, reExport } = filesOf(arrow);
  if (rejected.has(values) !== rejected.has(reExport)) return 'differs for export';
  if (!rejected.has(values)) return 'yes';
  return rejected.has(types) ? 'no' : 'types';
}

/** The cells of the table, every app from every other part, and the ways around a package's name. */
function readArrows(): Arrow[] {
  const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const table = page.split('<!-- import-arrows -->')[1]?.split('<!-- /import-arrows -->')[0] ?? '';
  const [header = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.flatMap(([from = '', ...cells]) => {
    const fromTable = header.slice(1).map((name, column): Arrow => {
      const cell = cells[column];
      return {
        from,
        to: name === 'tfjs-core' ? '@tensorflow/tfjs-core' : `@capgrid/${name}`,
        allowed: cell === 'yes' || cell === 'types' ? cell : 'no',
      };
    });
    const never = [
      ...APPS.map((app) => `@capgrid/${app}`),
      '../../contracts/src/index.js',
      '../../../packages/metrics/src/bleu.js',
      '../../../apps/api/dist/main.js',
      '../../../test/golden.js',
      ...(from === 'packages/models' || from === 'packages/ops'
        ? ['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs']
        : []),
    ].map((to): Arrow => ({ from, to, allowed: 'no' }));
    // A package may import itself by name nowhere; its own column would say so, so leave it out.
    return [...fromTable, ...never].filter(({ to }) => to !== `@capgrid/${from.split('/')[1]}`);
  });
}

function filesOf({ from, to }: Arrow): { values: string; types: string; reExport: string } {
  const name = to.replaceAll(/[^a-z0-9]+/g, '-');
  return {
    values: `${from}/src/values-${name}.ts`,
    types: `${from}/src/types-${name}.ts`,
    reExport: `${from}/src/export-${name}.ts`,
  };
}
