/**
 * Finds options that no cell could ever have: an unknown path, a value of the wrong kind. Values
 * that are only wrong together are left to `expandSweep`, which drops those cells with a reason.
 */
import { assembleTrial, readPath, trialPath, userPath } from './assemble-trial.js';
import { MAX_CELLS } from './expand-sweep.js';
import { describeIssue, showValue, type SpecIssue } from './spec-issue.js';
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
  for (const { overrides, placeOf } of all) {
    if (found.size >= MAX_ISSUES) break;
    const trial = assembleTrial(spec, overrides, spec.seeds[0] ?? 0);
    const parsed = TrialSpec.safeParse(trial, { reportInput: true });
    if (parsed.success) continue;
    for (const issue of parsed.error.issues) {
      if (issue.code === 'custom') continue; // a combination; another cell may be valid
      const unknownKeys = issue.code === 'unrecognized_keys' ? issue.keys : [];
      for (const path of unknownKeys.length > 0
        ? unknownKeys.map((key) => userPath([...issue.path, key]))
        : [userPath(issue.path)]) {
        const factor = Object.keys(overrides).find((name) => covers(name, path));
        if (factor === undefined && isVaried(spec, path)) continue;
        const at = factor === undefined ? `base.${path}` : `${placeOf(factor)}.${factor}`;
        const value = showValue(
          factor === undefined ? readPath(trial, trialPath(path)) : overrides[factor],
        );
        const message = unknownKeys.length > 0 ? describeUnknown(path) : describeIssue(issue);
        found.set(`${at} ${value ?? ''}`, { path: at, value, message });
      }
    }
  }
  return [...found.values()];
}

type Choice = {
  overrides: Assignment;
  /** Where the spec gives a factor the value that the overrides have. */
  placeOf: (factor: string) => string;
};

/** The base alone, then every value of every factor alone (zipped values together). */
function choices(spec: SweepSpec): Choice[] {
  return [
    { overrides: {}, placeOf: () => 'base' },
    ...singles(spec.grid).map((overrides) => ({ overrides, placeOf: () => 'grid' })),
    ...spec.zip.flatMap((group, index) =>
      rows(group).map((overrides) => ({ overrides, placeOf: () => `zip.${index}` })),
    ),
    ...spec.when.flatMap(conditional),
  ];
}

function conditional(rule: SweepSpec['when'][number], index: number): Choice[] {
  const set = rule.set ?? {};
  return [{}, ...singles(rule.grid ?? {})].map((choice) => ({
    overrides: { ...rule.if, ...set, ...choice },
    placeOf: (factor) => {
      if (Object.hasOwn(choice, factor)) return `when.${index}.grid`;
      return Object.hasOwn(set, factor) ? `when.${index}.set` : `when.${index}.if`;
    },
  }));
}

function singles(factors: SweepSpec['grid']): Assignment[] {
  return Object.entries(factors).flatMap(([path, values]) =>
    values.map((value) => ({ [path]: value })),
  );
}

/** The values that vary together; none of a group of unequal lengths (a fault of its own). */
function rows(group: SweepSpec['zip'][number]): Assignment[] {
  const lists = Object.entries(group);
  const [first = []] = Object.values(group);
  if (lists.some(([, values]) => values.length !== first.length)) return [];
  return first.map((_, row) =>
    Object.fromEntries(lists.map(([path, values]) => [path, values[row] ?? null])),
  );
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
  return `unknown option; ${parent === '' ? 'a trial' : parent} has no "${path.split('.').at(-1)}" (docs/options.md lists all options)`;
}
