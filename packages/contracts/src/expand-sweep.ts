/**
 * From a sweep spec to its trials. Pure: the same spec always gives the same trials in the same
 * order. Invalid and duplicate cells are dropped, each with its reason.
 */
import { assembleTrial, readPath, trialPath, userPath } from './assemble-trial.js';
import { canonicalJson } from './canonical-json.js';
import { faultsOfSeeds } from './ensemble-seeds.js';
import { decodeAsReadBy, trainingKey } from './keys.js';
import { faultsOfLateStarts } from './late-starts.js';
import { listWords } from './list-words.js';
import type { DecoderKind } from './model/model-spec.js';
import { readersOf } from './model/option-readers.js';
import { TrialReaders } from './options-read.js';
import { faultsOfRetrievedSplit } from './retrieved-split.js';
import { issueLine, toSpecIssue, type SpecIssue } from './spec-issue.js';
import { notesOnOptions, notesOnRules } from './sweep-notes.js';
import type { DroppedCell } from './sweep.js';
import type { Assignment, FactorValue, SweepSpec } from './sweep-spec.js';
import { TrialSpec } from './trial-spec.js';

export type Cell = {
  /** The factors that vary in the sweep and their values in this cell, without those it does not read. */
  assignment: Assignment;
  seed: number;
  spec: TrialSpec;
};

export type Expansion = {
  cells: Cell[];
  dropped: DroppedCell[];
  /** Paths of all factors, in the order in which the spec names them. */
  factors: string[];
  /** What the spec says and no cell heeds; presets and grids may well have some, so it is no fault. */
  notes: SpecIssue[];
};

/** A cell as it grows, all seeds at once: what it varies, and all that is set on top of the base. */
type Draft = {
  assignment: Assignment;
  overrides: Assignment;
  /** What the overrides make of the base; null until a rule or a cell asks for it. */
  resolved: Resolved | null;
};
type Rule = SweepSpec['when'][number] | Assignment;

/** Overrides never reach the seed, so one check holds for all seeds of a draft. */
type Resolved =
  /** `text`: equal for drafts of equal trainings. */
  | { isValid: true; trial: TrialSpec; text: string }
  | { isValid: false; trial: unknown; issues: SpecIssue[] };

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

/** @throws SweepTooLargeError when the factors and seeds cross to more than `MAX_CELLS` cells */
export function expandSweep(spec: SweepSpec): Expansion {
  const dropped: DroppedCell[] = [];
  const cells: Cell[] = [];
  const readers = new TrialReaders();
  const used = new Set<Rule>();
  /** As the factors name it, also those that it does not read. */
  const cellByKey = new Map<string, Cell>();
  const nameTrial = trialNames();
  const seedFaults = new Map<number, ReadonlyMap<number, string>>();
  const drafts = applyWhen(spec, crossFactors(spec), used);
  refuseTooMany(spec, drafts.length);
  for (const draft of drafts) {
    const { assignment } = draft;
    const excluded = findExcluding(spec, draft, used);
    let kept: Assignment | null = null;
    for (const seed of spec.seeds) {
      if (excluded !== undefined) {
        const cause = `matches the exclude rule ${describeAssignment(excluded)}`;
        dropped.push({ assignment, seed, reason: 'excluded', ...alone(cause), issues: [] });
        continue;
      }
      const resolved = resolve(spec, draft);
      if (!resolved.isValid) {
        const { issues } = resolved;
        const cause = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
        const message = issues.map(issueLine).join('; ');
        dropped.push({ assignment, seed, reason: 'invalid', cause, message, issues });
        continue;
      }
      const { training, decode } = resolved.trial;
      const cell = { assignment, seed, spec: { training: { ...training, seed }, decode } };
      const key = nameTrial(cell.spec, resolved.text);
      const twin = cellByKey.get(key);
      if (twin !== undefined) {
        const told = describeTwin(cell, twin);
        dropped.push({ assignment, seed, reason: 'duplicate', ...told, issues: [] });
        continue;
      }
      const { ensemble } = decode;
      const faults = seedFaults.get(ensemble) ?? faultsOfSeeds(spec.seeds, ensemble);
      seedFaults.set(ensemble, faults);
      const fault = faults.get(seed);
      if (fault !== undefined) {
        const issues = [{ path: 'seeds', value: String(seed), message: fault }];
        dropped.push({ assignment, seed, reason: 'invalid', ...alone(fault), issues });
        continue;
      }
      cellByKey.set(key, cell);
      // A seed is no factor, so what one cell of a draft reads, all read.
      kept ??= readers.levelsRead(resolved.trial, resolved.text, assignment);
      cells.push({ ...cell, assignment: kept });
    }
  }
  const read = new Set(cells.flatMap(({ assignment }) => Object.keys(assignment)));
  const notes = [
    ...(cells.length > 0 ? notesOnOptions(spec, read, readers) : []),
    ...notesOnRules(spec, used),
  ];
  return { cells, dropped, factors: factorPaths(spec), notes };
}

/** The first rule that leaves a draft out. Rules that have left out none yet are tried in any case. */
function findExcluding(spec: SweepSpec, draft: Draft, used: Set<Rule>): Assignment | undefined {
  let first: Assignment | undefined;
  for (const rule of spec.exclude) {
    if (first !== undefined && used.has(rule)) continue;
    if (!matches(spec, draft, rule)) continue;
    used.add(rule);
    first ??= rule;
  }
  return first;
}

const NO_DIGESTS = { datasetDigest: null, encoderDigest: null, vectorsDigest: null };

/**
 * Equal names where the trial keys are equal. Cells of one training are many, and hashing it takes
 * longer than all else, so it is done once.
 */
function trialNames(): (spec: TrialSpec, text: string) => string {
  const keys = new Map<string, Map<number, string>>();
  return ({ training, decode }, text) => {
    const bySeed = keys.get(text) ?? new Map<number, string>();
    keys.set(text, bySeed);
    const key = bySeed.get(training.seed) ?? trainingKey(training, NO_DIGESTS);
    bySeed.set(training.seed, key);
    return `${key} ${canonicalJson(decodeAsReadBy(training, decode))}`;
  };
}

/** `model.attention.kind=dot, decode.beam=3`; `the base` when nothing varies. */
export function describeAssignment(assignment: Assignment): string {
  const parts = Object.entries(assignment).map(([path, value]) => `${path}=${String(value)}`);
  return parts.length === 0 ? 'the base' : parts.join(', ');
}

type Told = { cause: string; message: string };

/** Of a cause beside which there is nothing to say of a single cell. */
function alone(cause: string): Told {
  return { cause, message: cause };
}

/** Names the trial that is there already, and why what differs makes no difference. */
function describeTwin(cell: Cell, twin: Cell): Told {
  const same = `the same trial as ${describeAssignment(twin.assignment)}, seed ${twin.seed}`;
  const cause = causeOfTwin(cell, twin);
  return { cause, message: `${same}: ${cause}` };
}

function causeOfTwin({ assignment, spec }: Cell, twin: Cell): string {
  const paths = [...new Set([...Object.keys(assignment), ...Object.keys(twin.assignment)])];
  const differing = paths.filter((path) => assignment[path] !== twin.assignment[path]);
  if (differing.length === 0) return 'the sweep names it twice';
  const { decoder } = spec.training.model;
  const foreign = differing.filter((path) => isForeign(path, decoder));
  const others = differing.filter((path) => !foreign.includes(path));
  const reasons = [
    ...(foreign.length > 0 ? [`the decoder ${decoder} has no ${listWords(foreign)}`] : []),
    ...(others.length > 0
      ? [`${listWords(others)} ${others.length === 1 ? 'makes' : 'make'} no difference here`]
      : []),
  ];
  return reasons.join(', and ');
}

function isForeign(path: string, decoder: DecoderKind): boolean {
  const readers = readersOf(path);
  return readers.length > 0 && !readers.includes(decoder);
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
  const base: Draft = { assignment: {}, overrides: {}, resolved: null };
  const groups = [...Object.entries(spec.grid).map(single), ...spec.zip.map(zipped)];
  return groups.reduce((drafts, choices) => cross(spec, drafts, choices), [base]);
}

function cross(spec: SweepSpec, drafts: readonly Draft[], choices: readonly Assignment[]): Draft[] {
  refuseTooMany(spec, drafts.length * choices.length);
  return drafts.flatMap((draft) =>
    choices.map((choice) => ({
      assignment: { ...draft.assignment, ...choice },
      overrides: { ...draft.overrides, ...choice },
      resolved: null,
    })),
  );
}

function refuseTooMany(spec: SweepSpec, drafts: number): void {
  const cells = drafts * spec.seeds.length;
  if (cells > MAX_CELLS) throw new SweepTooLargeError(cells);
}

function single([path, values]: [string, FactorValue[]]): Assignment[] {
  return values.map((value) => ({ [path]: value }));
}

/** `{a: [1, 2], b: [3, 4]}` to `[{a: 1, b: 3}, {a: 2, b: 4}]`; not empty, lengths equal (parse-sweep.ts). */
function zipped(group: Record<string, FactorValue[]>): Assignment[] {
  const length = Math.max(...Object.values(group).map((values) => values.length));
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(
      Object.entries(group).map(([path, values]) => [path, values[index] ?? null]),
    ),
  );
}

function applyWhen(spec: SweepSpec, drafts: Draft[], used: Set<Rule>): Draft[] {
  return spec.when.reduce((current, rule) => {
    const grown: Draft[] = [];
    for (const draft of current) {
      if (matches(spec, draft, rule.if)) {
        used.add(rule);
        const overrides = { ...draft.overrides, ...rule.set };
        const set: Draft = { assignment: draft.assignment, overrides, resolved: null };
        const choices = Object.entries(rule.grid ?? {}).map(single);
        grown.push(...choices.reduce((few, choice) => cross(spec, few, choice), [set]));
      } else {
        grown.push(draft);
      }
      // After each draft: a rule may fit them all and make each into as many cells as are allowed.
      refuseTooMany(spec, grown.length);
    }
    return grown;
  }, drafts);
}

/** Compares with what the cell will be, defaults included. */
function matches(spec: SweepSpec, draft: Draft, rule: Assignment): boolean {
  const { trial } = resolve(spec, draft);
  return Object.entries(rule).every(([path, value]) => readPath(trial, trialPath(path)) === value);
}

/** Checks a draft once, however many rules and seeds ask. */
function resolve(spec: SweepSpec, draft: Draft): Resolved {
  draft.resolved ??= check(assembleTrial(spec, draft.overrides, spec.seeds[0] ?? 0));
  return draft.resolved;
}

function check(trial: unknown): Resolved {
  const parsed = TrialSpec.safeParse(trial, { reportInput: true });
  if (parsed.success) {
    const { data } = parsed;
    const faults = [...faultsOfLateStarts(data.training), ...faultsOfRetrievedSplit(data)];
    if (faults.length > 0) return { isValid: false, trial: data, issues: faults };
    return { isValid: true, trial: data, text: JSON.stringify(data.training) };
  }
  const issues = parsed.error.issues.map((issue) => {
    const told = toSpecIssue(issue);
    return { ...told, path: userPath(told.path.split('.')) };
  });
  return { isValid: false, trial, issues };
}
