import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { userPath } from './assemble-trial.js';
import { TrialSpec } from './trial-spec.js';

const PAGE = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8');

type Node = {
  $ref?: string;
  properties?: Record<string, Node>;
  anyOf?: Node[];
  oneOf?: Node[];
};

/** Paths of all options, as a user writes them; the sweep itself gives dataset and seed. */
function optionPaths(): string[] {
  const { $defs, ...root } = z.toJSONSchema(TrialSpec, { io: 'input' }) as Node & {
    $defs: Record<string, Node>;
  };
  const walk = (node: Node, path: string[]): string[] => {
    const target = node.$ref === undefined ? node : $defs[node.$ref.replace('#/$defs/', '')]!;
    const children = [target, ...(target.anyOf ?? []), ...(target.oneOf ?? [])].flatMap((one) =>
      Object.entries(one.properties ?? {}),
    );
    if (children.length === 0) return [userPath(path)];
    return children.flatMap(([key, child]) => walk(child, [...path, key]));
  };
  const paths = new Set(walk(root, []));
  return [...paths].filter((path) => path !== 'dataset' && path !== 'seed').toSorted();
}

/** From the first column of the tables; `.beta2` beside `optimizer.beta1` is `optimizer.beta2`. */
function documentedPaths(): string[] {
  const rows = PAGE.matchAll(/^\| (`[^|]+)\|/gm);
  const paths = [...rows].flatMap(([, cell = '']) => {
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    const parent = names[0]?.replace(/\.[^.]+$/, '') ?? '';
    return names.map((name) => (name.startsWith('.') ? `${parent}${name}` : name));
  });
  return [...new Set(paths)].toSorted();
}

test('docs/options.md lists every option of a trial, and no other', () => {
  expect(documentedPaths()).toEqual(optionPaths());
});
