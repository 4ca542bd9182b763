/** Each rule of the project that lint can check is shown to be on by a file that breaks it. */
import { beforeAll, expect, it } from 'vitest';
import { runOxlint, type LintFinding } from './run-oxlint.js';

const BROKEN = [
  ['no-explicit-any', 'export const a = (b: any): unknown => b;'],
  ['no-non-null-assertion', 'export const a = (b: string | null): string => b!;'],
  ['consistent-type-assertions', 'export const a = (b: unknown): string => b as string;'],
  ['no-floating-promises', 'export function a(b: () => Promise<number>): void {\n  b();\n}'],
  ['no-restricted-properties', 'export const a = Math.random();'],
  ['no-process-env', 'export const a = process.env;'],
  ['consistent-type-imports', "import { A } from './a.js';\nexport type B = A;"],
] as const;

let findings: LintFinding[] = [];

beforeAll(() => {
  const files = new Map<string, string>();
  for (const [rule, text] of BROKEN) {
    files.set(`packages/data/src/${rule}.ts`, text);
    files.set(`apps/api/src/${rule}.ts`, text);
  }
  files.set('apps/api/src/env.ts', 'export const a = process.env;');
  files.set('packages/data/src/as-const.ts', 'export const a = [1, 2] as const;');
  findings = runOxlint(files);
});

const rulesBrokenBy = (path: string): string[] =>
  findings.filter((finding) => finding.path === path).map((finding) => finding.rule);

it.for(BROKEN)('lint enforces %s', ([rule]) => {
  expect(rulesBrokenBy(`packages/data/src/${rule}.ts`)).toEqual([expect.stringContaining(rule)]);
});

it('lint lets Nest import a class that is only named as a type, since it injects it', () => {
  expect(rulesBrokenBy('apps/api/src/consistent-type-imports.ts')).toEqual([]);
});

it('lint lets env.ts of an app read process.env, and `as const` stand', () => {
  expect(rulesBrokenBy('apps/api/src/env.ts')).toEqual([]);
  expect(rulesBrokenBy('packages/data/src/as-const.ts')).toEqual([]);
});
