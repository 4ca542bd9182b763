import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EncoderPlan, parseEncoderPlan, PlanJson } from './encoder-plan.js';
import { findPlanFault, type WeightArray } from './encoder-plan-fit.js';

const PAGE = readFileSync(new URL('../../../docs/encoder-plans.md', import.meta.url), 'utf8');
const EXAMPLE = /```json\n(.*?)```/s.exec(PAGE)?.[1] ?? '';

/** Names in backquotes in the first column of the tables. */
const DOCUMENTED = [...PAGE.matchAll(/^\| (`[^|]+)\|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
);

type Node = {
  properties?: Record<string, Node>;
  items?: Node;
  oneOf?: Node[];
  const?: string;
  enum?: string[];
};
const PLAN = z.toJSONSchema(PlanJson, { io: 'input' }) as Node;
const LAYERS = PLAN.properties?.['layers']?.items?.oneOf ?? [];

function opsOf({ properties }: Node): string[] {
  const op = properties?.['op'];
  return op?.enum ?? (op?.const === undefined ? [] : [op.const]);
}

/** `input.size`, but `layers` alone. */
function keysOf(node: Node, parent = ''): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    child.properties === undefined ? [parent + key] : keysOf(child, `${parent}${key}.`),
  );
}

test('docs/encoder-plans.md has every operation', () => {
  const ops = LAYERS.flatMap(opsOf);
  expect(ops.length).toBeGreaterThan(3);
  expect(DOCUMENTED).toEqual(expect.arrayContaining(ops));
});

test('it has every key of a plan and of a layer', () => {
  expect(DOCUMENTED).toEqual(expect.arrayContaining(keysOf(PLAN)));
  const common = ['op', 'inp', 'out'];
  const ofLayers = LAYERS.flatMap((layer) => keysOf(layer));
  for (const key of common) expect(PAGE).toContain(`\`${key}\``);
  expect(DOCUMENTED).toEqual(
    expect.arrayContaining(ofLayers.filter((key) => !common.includes(key))),
  );
});

test('its example has every operation and fits the weights listed below it', () => {
  const parsed = parseEncoderPlan(EXAMPLE);
  expect(parsed).toMatchObject({ isValid: true });
  const plan = EncoderPlan.parse(JSON.parse(EXAMPLE));
  expect(new Set(plan.layers.map(({ op }) => op))).toEqual(new Set(LAYERS.flatMap(opsOf)));
  const rows = [...PAGE.matchAll(/^\| `(\S+\/\S+)` +\| \[([\d, ]+)\] +\|$/gm)];
  const arrays = rows.map(([, name = '', sizes = '']): WeightArray => {
    const shape = sizes.split(', ').map(Number);
    return { name, dtype: 'F32', shape, start: 0, end: 4 * shape.reduce((a, b) => a * b) };
  });
  expect(arrays).toHaveLength(6);
  expect(findPlanFault(plan, arrays)).toBeNull();
});
