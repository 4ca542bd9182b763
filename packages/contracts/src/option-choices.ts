/** The values that a sweep spec names, each as the factors that it sets. */
import { readPath, trialPath } from './assemble-trial.js';
import type { Assignment, SweepSpec } from './sweep-spec.js';
import type { TrialSpec } from './trial-spec.js';

export type Choice = {
  overrides: Assignment;
  /** Where the spec gives a factor the value that the overrides have. */
  placeOf: (factor: string) => string;
};

/** The base alone, then every value of every factor alone (zipped values together). */
export function listChoices(spec: SweepSpec): Choice[] {
  return [
    { overrides: {}, placeOf: () => 'base' },
    ...singles(spec.grid).map((overrides) => ({ overrides, placeOf: () => 'grid' })),
    ...spec.zip.flatMap((group, index) =>
      rows(group).map((overrides) => ({ overrides, placeOf: () => `zip.${index}` })),
    ),
    ...spec.when.flatMap(conditional),
    ...spec.exclude.map((overrides, index) => ({ overrides, placeOf: () => `exclude.${index}` })),
  ];
}

/**
 * Where a sweep gives one of its cells the value of an option, e.g. `zip.0`; `base` also for what a
 * preset or a default gives.
 */
export function findPlace(spec: SweepSpec, cell: { spec: TrialSpec }, option: string): string {
  // Rules may have changed what else a choice had set, or the condition of a rule before.
  const changed = new Set(spec.when.flatMap(({ set, grid }) => Object.keys({ ...set, ...grid })));
  const isOfCell = ([path, value]: [string, unknown]): boolean =>
    readPath(cell.spec, trialPath(path)) === value || (path !== option && changed.has(path));
  // What stands later is laid over what stands before; a condition gives nothing.
  return (
    listChoices(spec)
      .filter(({ overrides }) => Object.hasOwn(overrides, option))
      .filter(({ overrides }) => Object.entries(overrides).every(isOfCell))
      .map(({ placeOf }) => placeOf(option))
      .findLast((place) => !place.endsWith('.if')) ?? 'base'
  );
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
