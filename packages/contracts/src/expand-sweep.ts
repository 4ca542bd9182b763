/**
 * From a sweep spec to its trials. Pure: the same spec always gives the same trials in the same
 * order. Invalid and duplicate cells are dropped, each with its reason.
 */
import type { z } from 'zod';
import { assembleTrial, readPath, trialPath, userPath } from './assemble-trial.js';
import { trialKey } from './keys.js';
import type { Assignment, FactorValue, SweepSpec } from './sweep-spec.js';
import { TrialSpec } from './trial-spec.js';

export type Cell = {
  /** The factors that vary in the sweep and their values in this cell. */
  assignment: Assignment;
  seed: number;
  spec: TrialSpec;
};

export type DroppedCell = {
  assignment: Assignment;
  seed: number;
  reason: 'invalid' | 'duplicate' | 'excluded';
  message: string;
};

export type Expansion = {
  cells: Cell[];
  dropped: DroppedCell[];
  /** Paths of all factors, in the order in which the spec names them. */
  factors: string[];
};

/** A cell as it grows: what it varies, and all that is set on top of the base. */
type Draft = { assignment: Assignment; overrides: Assignment };

/** More cells than this is a slip of the pen, not a sweep. */
export const MAX_CELLS = 20_000;

export class SweepTooLargeError extends Error {
  readonly code = 'sweep-too-large';
  constructor(cells: number) {
    super(
      `the sweep has ${cells} cells or more, at most ${MAX_CELLS} are allowed; name fewer values or split it`,
    );
  }
}

/** @throws SweepTooLargeError when the factors cross to more than `MAX_CELLS` cells */
export function expandSweep(spec: SweepSpec): Expansion {
  const dropped: DroppedCell[] = [];
  const cells: Cell[] = [];
  const cellByKey = new Map<string, Cell>();
  for (const draft of applyWhen(spec, crossFactors(spec))) {
    const { assignment, overrides } = draft;
    const excluded = spec.exclude.find((rule) => matches(spec, overrides, rule));
    for (const seed of spec.seeds) {
      if (excluded !== undefined) {
        const message = `excluded by ${describeAssignment(excluded)}`;
        dropped.push({ assignment, seed, reason: 'excluded', message });
        continue;
      }
      const parsed = TrialSpec.safeParse(assembleTrial(spec, overrides, seed));
      if (!parsed.success) {
        dropped.push({
          assignment,
          seed,
          reason: 'invalid',
          message: describeIssues(parsed.error),
        });
        continue;
      }
      const key = trialKey(parsed.data, { datasetDigest: null, encoderDigest: null });
      const twin = cellByKey.get(key);
      if (twin !== undefined) {
        const message = `the same trial as ${describeAssignment(twin.assignment)}, seed ${twin.seed}`;
        dropped.push({ assignment, seed, reason: 'duplicate', message });
        continue;
      }
      const cell = { assignment, seed, spec: parsed.data };
      cellByKey.set(key, cell);
      cells.push(cell);
    }
  }
  return { cells, dropped, factors: factorPaths(spec) };
}

/** `model.attention.kind=dot, decode.beam=3`; `the base` when nothing varies. */
export function describeAssignment(assignment: Assignment): string {
  const parts = Object.entries(assignment).map(([path, value]) => `${path}=${String(value)}`);
  return parts.length === 0 ? 'the base' : parts.join(', ');
}

function factorPaths(spec: SweepSpec): string[] {
  const paths = [
    ...Object.keys(spec.grid),
    ...spec.zip.flatMap((group) => Object.keys(group)),
    ...spec.when.flatMap((rule) => Object.keys(rule.grid ?? {})),
  ];
  return [...new Set(paths)];
}

function crossFactors(spec: SweepSpec): Draft[] {
  let drafts: Draft[] = [{ assignment: {}, overrides: {} }];
  for (const [path, values] of Object.entries(spec.grid)) {
    drafts = cross(
      drafts,
      values.map((value) => ({ [path]: value })),
      spec.seeds.length,
    );
  }
  for (const group of spec.zip) drafts = cross(drafts, zipped(group), spec.seeds.length);
  return drafts;
}

function cross(drafts: Draft[], choices: Assignment[], seeds: number): Draft[] {
  const count = drafts.length * choices.length * seeds;
  if (count > MAX_CELLS) throw new SweepTooLargeError(count);
  return drafts.flatMap((draft) =>
    choices.map((choice) => ({
      assignment: { ...draft.assignment, ...choice },
      overrides: { ...draft.overrides, ...choice },
    })),
  );
}

/** `{a: [1, 2], b: [3, 4]}` to `[{a: 1, b: 3}, {a: 2, b: 4}]`; lengths are equal (parse-sweep.ts). */
function zipped(group: Record<string, FactorValue[]>): Assignment[] {
  const length = Math.max(...Object.values(group).map((values) => values.length));
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(
      Object.entries(group).map(([path, values]) => [path, values[index] ?? null]),
    ),
  );
}

function applyWhen(spec: SweepSpec, drafts: Draft[]): Draft[] {
  return spec.when.reduce(
    (current, rule) =>
      current.flatMap((draft) => {
        if (!matches(spec, draft.overrides, rule.if)) return [draft];
        const set = { ...draft, overrides: { ...draft.overrides, ...rule.set } };
        return Object.entries(rule.grid ?? {}).reduce<Draft[]>(
          (grown, [path, values]) =>
            cross(
              grown,
              values.map((value) => ({ [path]: value })),
              spec.seeds.length,
            ),
          [set],
        );
      }),
    drafts,
  );
}

/** Compares with what the cell will be, defaults included. */
function matches(spec: SweepSpec, overrides: Assignment, rule: Assignment): boolean {
  const assembled = assembleTrial(spec, overrides, spec.seeds[0] ?? 0);
  const parsed = TrialSpec.safeParse(assembled);
  const trial = parsed.success ? parsed.data : assembled;
  return Object.entries(rule).every(([path, value]) => readPath(trial, trialPath(path)) === value);
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${userPath(issue.path)}: ${issue.message}`).join('; ');
}
