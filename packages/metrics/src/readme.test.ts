/** The packed package, unpacked beside its dependencies, does what the README says. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const checkout = join(packageFolder, '../..');
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');

/** A project that has installed the package; nothing is fetched for it. */
let project = '';
let installed = '';

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'capgrid-packed-'));
  installed = join(project, 'node_modules/@capgrid/metrics');
  const quiet = {
    cwd: packageFolder,
    stdio: 'ignore',
    shell: process.platform === 'win32',
  } as const;
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], quiet);
  const archive = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? '';
  mkdirSync(dirname(installed), { recursive: true });
  execFileSync('tar', ['-xzf', archive], { cwd: project });
  renameSync(join(project, 'package'), installed);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    const found = [packageFolder, checkout]
      .map((folder) => join(folder, 'node_modules', name))
      .find((folder) => existsSync(folder));
    symlinkSync(found ?? '', join(project, 'node_modules', name), 'junction');
  }
}, 60_000);
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(readme)?.[1] ?? '';
}

/** What a program of the project prints. */
function run(program: string): string {
  const options = { cwd: project, encoding: 'utf8' } as const;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], options);
}

it('runs the example, of ten lines, and prints what the README shows', () => {
  const example = block('js');
  expect(example.trim().split('\n').filter(Boolean).length).toBeLessThanOrEqual(10);
  expect(run(example)).toBe(block('text'));
  const signature = run(`${example}console.log(scoreCaptions(items).signatures.ciderD);`);
  expect(readme).toContain(`\`${signature.trim().split('\n').at(-1)}\``);
});

it('has both entries', () => {
  const program = "import('@capgrid/metrics/node').then((m) => console.log(Object.keys(m).join()))";
  expect(run(program).trim()).toBe(
    'SPICE_JAVA_VERSIONS,checkJava,checkSpiceJar,readParaphrases,runSpice',
  );
});

it('carries licences, types, and the sources that its maps name, but no tests', () => {
  for (const name of ['LICENSE', 'NOTICE', 'README.md', 'resources/wordnet.d.ts']) {
    expect(existsSync(join(installed, name)), name).toBe(true);
  }
  expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(
    readFileSync(join(checkout, 'LICENSE'), 'utf8'),
  );
  for (const module of ['index', 'node/index', 'ptb/tokenizer']) {
    for (const map of [`dist/${module}.js.map`, `dist/${module}.d.ts.map`]) {
      const { sources } = JSON.parse(readFileSync(join(installed, map), 'utf8')) as {
        sources: string[];
      };
      expect(sources).toHaveLength(1);
      expect(existsSync(join(installed, dirname(map), sources[0] ?? '')), map).toBe(true);
    }
  }
  const files = readdirSync(installed, { recursive: true }).map(String);
  expect(files.filter((name) => /\.test\.|testing|tsbuildinfo/.test(name))).toEqual([]);
});

it('has types that a project without the types of Node or of browsers can use', () => {
  const use = `import { createMeteor, loadMeteorLexicon, parseParaphrases, scoreCaptions } from '@capgrid/metrics';
     const paraphrases = parseParaphrases('0.5\\na\\nb\\n');
     const meteor = createMeteor({ lexicon: await loadMeteorLexicon(), paraphrases });
     const score = scoreCaptions([{ imageId: '1', candidate: 'a', references: ['a'] }], { meteor });
     export const bleu4: number = score.corpus.bleu4;
     // @ts-expect-error a table is made by parseParaphrases
     createMeteor({ lexicon: await loadMeteorLexicon(), paraphrases: { entries: 1, fingerprint: '' } });`;
  expect(typeErrors(use, 'es2023')).toBe('');
}, 60_000);

it('has an example, and says how to read a paraphrase table, as strict TypeScript takes it', () => {
  const example = block('js');
  const [read = '', create = ''] =
    /METEOR with your `paraphrase-en\.gz`[^|]*\| `([^`]+)`[^`]+`[^`]+`, `([^`]+)`/
      .exec(readme)
      ?.slice(1) ?? [];
  expect([read, create]).toEqual([
    expect.stringContaining('readParaphrases(path)'),
    expect.stringContaining('paraphrases: table'),
  ]);
  const table = `import { readParaphrases } from '@capgrid/metrics/node';
    const [lexicon, path] = [await loadMeteorLexicon(), 'paraphrase-en.gz'];
    ${read};
    ${create};`;
  // console and AbortSignal
  expect(typeErrors(`${example}${table}`, 'es2023,dom')).toBe('');
  const wrong = `${example}const key: string = 'bleu4'; console.log(corpus[key]);`;
  expect(typeErrors(wrong, 'es2023,dom')).toContain('TS7053');
}, 60_000);

/** What tsc says about a module of the project, without the types of Node. */
function typeErrors(program: string, lib: string): string {
  writeFileSync(join(project, 'use.mts'), program);
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
  const options = '--noEmit --strict --module nodenext --target es2023 --types'.split(' ');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsc, ...options, '', '--lib', lib, 'use.mts'],
    { cwd: project, encoding: 'utf8' },
  );
  return status === 0 ? stdout : `exit ${status}: ${stdout}${stderr}`;
}
