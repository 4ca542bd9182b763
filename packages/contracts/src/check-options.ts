/**
 * Finds options that no cell could ever have: an unknown path, a value of the wrong kind, an option of
 * decoders that the sweep does not have. Values that are only wrong together are left to
 * `expandSweep`, which drops those cells with a reason.
 */
import { assembleTrial, readPath, trialPath, userPath } from './assemble-trial.js';
import { decodersInPlay, findForeignOptions } from './decoders-in-play.js';
import { MAX_CELLS } from './expand-sweep.js';
import { DECODER_KINDS } from './model/model-spec.js';
import { readersOf } from './model/option-readers.js';
import { listChoices, type Choice } from './option-choices.js';
import { describeIssue, showValue, type SpecIssue } from './spec-issue.js';
import type { Assignment, SweepSpec } from './sweep-spec.js';
import { TrialSpec } from './trial-spec.js';

/** A reader mends a few and tries again. */
const MAX_ISSUES = 100;

export function checkOptions(spec: SweepSpec): SpecIssue[] {
  const choices = listChoices(spec);
  if (choices.length > MAX_CELLS) {
    const message = `the factors have ${MAX_CELLS} values or more; name fewer`;
    return [{ path: 'grid', value: null, message }];
  }
  const first = [...findForeignOptions(spec), ...findUnknownMatches(spec)];
  const found = new Map(first.map((issue) => [nameOf(issue), issue]));
  for (const choice of choices) {
    if (found.size >= MAX_ISSUES) break;
    for (const issue of faultsOf(spec, choice)) {
      if (!found.has(nameOf(issue))) found.set(nameOf(issue), issue);
    }
  }
  return [...found.values()].slice(0, MAX_ISSUES);
}

function nameOf({ path, value }: SpecIssue): string {
  return `${path} ${value ?? ''}`;
}

/**
 * Paths of published rows that no trial has; the row would stand beside no cell, as if no cell were
 * meant. A row may be of another encoder or decoder than those of the sweep, so their options pass.
 */
function findUnknownMatches(spec: SweepSpec): SpecIssue[] {
  return spec.published.flatMap((row, index) => {
    const match = typeof row === 'string' ? {} : (row.match ?? {});
    return Object.entries(match).flatMap(([path, value]): SpecIssue[] => {
      if (path.startsWith('encoder.') || readersOf(path).length > 0) return [];
      const trial = assembleTrial(spec, { [path]: value }, spec.seeds[0] ?? 0);
      const issues = TrialSpec.safeParse(trial).error?.issues ?? [];
      const unknown = issues
        .flatMap((issue) => (issue.code === 'unrecognized_keys' ? [issue] : []))
        .flatMap(({ path: parent, keys }) => keys.map((key) => userPath([...parent, key])))
        .find((one) => covers(path, one));
      if (unknown === undefined) return [];
      const at = `published.${index}.match.${path}`;
      return [{ path: at, value: showValue(value), message: describeUnknown(unknown) }];
    });
  });
}

/** What is wrong with a choice whichever decoder of the sweep reads it. */
function faultsOf(spec: SweepSpec, choice: Choice): SpecIssue[] {
  const tries = decodersOf(spec, choice.overrides).map((decoder) => ({
    decoder,
    faults: faultsWith(spec, choice, decoder),
  }));
  const all = new Map(tries.flatMap(({ faults }) => [...faults]));
  return [...all].flatMap(([path, issue]) => {
    const readers: readonly unknown[] = readersOf(path);
    const reading = tries.filter(
      ({ decoder }) => readers.length === 0 || readers.includes(decoder),
    );
    return reading.every(({ faults }) => faults.has(path)) ? [issue] : [];
  });
}

/** Where no option of a model is chosen, one decoder says as much as all. */
function decodersOf(spec: SweepSpec, overrides: Assignment): unknown[] {
  const own = overrides['model.decoder'];
  if (own !== undefined) return [own];
  const inPlay = decodersInPlay(spec);
  const paths = Object.keys(overrides);
  const isOfModel = paths.length === 0 || paths.some((path) => path.startsWith('model.'));
  return isOfModel ? inPlay : inPlay.slice(0, 1);
}

/** By the path of the option, as a user writes it. */
function faultsWith(
  spec: SweepSpec,
  { overrides, placeOf }: Choice,
  decoder: unknown,
): Map<string, SpecIssue> {
  const faults = new Map<string, SpecIssue>();
  const trial = assembleTrial(withDecoder(spec, decoder), overrides, spec.seeds[0] ?? 0);
  const parsed = TrialSpec.safeParse(trial, { reportInput: true });
  if (parsed.success) return faults;
  for (const issue of parsed.error.issues) {
    if (issue.code === 'custom') continue; // a combination; another cell may be valid
    const unknownKeys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    for (const path of unknownKeys.length > 0
      ? unknownKeys.map((key) => userPath([...issue.path, key]))
      : [userPath(issue.path)]) {
      const factor = Object.keys(overrides).find((name) => covers(name, path));
      if (factor === undefined && (isVaried(spec, path) || isToldBefore(path, overrides))) continue;
      const at = factor === undefined ? `base.${path}` : `${placeOf(factor)}.${factor}`;
      const value = showValue(
        factor === undefined ? readPath(trial, trialPath(path)) : overrides[factor],
      );
      const message = unknownKeys.length > 0 ? describeUnknown(path) : describeIssue(issue);
      faults.set(path, { path: at, value, message });
    }
  }
  return faults;
}

function withDecoder(spec: SweepSpec, decoder: unknown): SweepSpec {
  const known = DECODER_KINDS.find((kind) => kind === decoder);
  if (known === undefined) return spec;
  return { ...spec, base: { ...spec.base, model: { ...spec.base.model, decoder: known } } };
}

/** True where the path is the factor's, or below or above it. */
function covers(factor: string, path: string): boolean {
  return path === factor || path.startsWith(`${factor}.`) || factor.startsWith(`${path}.`);
}

/** With the base alone; in a choice it may only be wrong together with what is chosen. */
function isToldBefore(path: string, overrides: Assignment): boolean {
  return path.startsWith('model.') && Object.keys(overrides).length > 0;
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
