/**
 * Finds options that no cell could ever have: an unknown path, a value of the wrong kind. Values
 * that are only wrong together are left to `expandSweep`, which drops those cells with a reason.
 */
import { assembleTrial, readPath, trialPath, userPath } from './assemble-trial.js';
import { MAX_CELLS } from './expand-sweep.js';
import { showValue, type SpecIssue } from './spec-issue.js';
import type { Assignment, SweepSpec } from './sweep-spec.js';
import { TrialSpec } from './trial-spec.js';

/** A reader mends a few and tries again. */
const MAX_ISSUES = 100;

export function checkOptions(spec: SweepSpec): SpecIssue[] {
  const found = new Map<string, SpecIssue>();
  const all = choices(spec);
  if (all.length > MAX_CELLS) {
    const message = `the factors have ${MAX_CELLS} values or more; name fewer`;
    return [{ path: 'grid', value: null, message }];
  }
  for (const { where, overrides } of all) {
    if (found.size >= MAX_ISSUES) break;
    const trial = assembleTrial(spec, overrides, spec.seeds[0] ?? 0);
    const parsed = TrialSpec.safeParse(trial);
    if (parsed.success) continue;
    for (const issue of parsed.error.issues) {
      if (issue.code === 'custom') continue; // a combination; another cell may be valid
      const unknownKeys = issue.code === 'unrecognized_keys' ? issue.keys : [];
      for (const path of unknownKeys.length > 0
        ? unknownKeys.map((key) => userPath([...issue.path, key]))
        : [userPath(issue.path)]) {
        const factor = Object.keys(overrides).find((name) => covers(name, path));
        if (factor === undefined && isVaried(spec, path)) continue;
        const at = factor === undefined ? `base.${path}` : `${where}.${factor}`;
        const value = showValue(
          factor === undefined ? readPath(trial, trialPath(path)) : overrides[factor],
        );
        const message = unknownKeys.length > 0 ? describeUnknown(path) : issue.message;
        found.set(`${at} ${value ?? ''}`, { path: at, value, message });
      }
    }
  }
  return [...found.values()];
}

type Choice = { where: string; overrides: Assignment };

/** The base alone, then every value of every factor alone (zipped values together). */
function choices(spec: SweepSpec): Choice[] {
  const singles = (where: string, factors: SweepSpec['grid'], together: Assignment): Choice[] =>
    Object.entries(factors).flatMap(([path, values]) =>
      values.map((value) => ({ where, overrides: { ...together, [path]: value } })),
    );
  const zipped = spec.zip.flatMap((group, index) => {
    const length = Math.max(0, ...Object.values(group).map((values) => values.length));
    return Array.from({ length }, (_, row) => ({
      where: `zip.${index}`,
      overrides: Object.fromEntries(
        Object.entries(group).map(([path, values]) => [path, values[row] ?? null]),
      ),
    }));
  });
  const conditional = spec.when.flatMap((rule, index) => [
    { where: `when.${index}.set`, overrides: { ...rule.if, ...rule.set } },
    ...singles(`when.${index}.grid`, rule.grid ?? {}, { ...rule.if, ...rule.set }),
  ]);
  return [
    { where: 'base', overrides: {} },
    ...singles('grid', spec.grid, {}),
    ...zipped,
    ...conditional,
  ];
}

/** True where the path is the factor's, or below or above it. */
function covers(factor: string, path: string): boolean {
  return path === factor || path.startsWith(`${factor}.`) || factor.startsWith(`${path}.`);
}

/** The base need not give what every cell gets from a factor. */
function isVaried(spec: SweepSpec, path: string): boolean {
  const factors = [
    spec.grid,
    ...spec.zip,
    ...spec.when.flatMap((rule) => [rule.grid ?? {}, rule.set ?? {}]),
  ];
  return factors.some((group) => Object.keys(group).some((name) => covers(name, path)));
}

function describeUnknown(path: string): string {
  const parent = path.split('.').slice(0, -1).join('.');
  return `unknown option; ${parent === '' ? 'a trial' : parent} has no "${path.split('.').at(-1)}" (docs/sweeps.md lists all options)`;
}
