/** What a sweep spec says in vain: options that no trial reads, rules that match no cell. */
import { givenOptions } from './given-options.js';
import type { TrialReaders } from './options-read.js';
import { showValue, type SpecIssue } from './spec-issue.js';
import type { SweepSpec } from './sweep-spec.js';

/**
 * Options of the spec itself, not those of its preset.
 * @param read factors that some trial reads
 * @param readers of all trials, of which there are some
 */
export function notesOnOptions(
  spec: SweepSpec,
  read: ReadonlySet<string>,
  readers: TrialReaders,
): SpecIssue[] {
  const given = givenOptions(spec).filter(({ isSet }) => isSet);
  const unread = new Set(given.flatMap(({ path }) => (read.has(path) ? [] : [path])));
  for (const path of unread) if (readers.reads(path)) unread.delete(path);
  return given.flatMap(({ at, path, value }): SpecIssue[] => {
    const tell = (message: string) => ({ path: at, value: showValue(value), message });
    if (unread.has(path)) {
      return [tell('no trial reads it beside its other options, so it changes nothing')];
    }
    const cut = readers.findCut(path, Array.isArray(value) ? value : [value]);
    return [...cut].map(([number, others]) =>
      tell(`${String(number)} counts as ${[...others].join(' or ')} beside the other options`),
    );
  });
}

/** @param used rules that matched a cell, left out by another rule or not */
export function notesOnRules(spec: SweepSpec, used: ReadonlySet<unknown>): SpecIssue[] {
  const rules = [
    ...spec.when.map((rule, index) => ({ path: `when.${index}.if`, rule, condition: rule.if })),
    ...spec.exclude.map((rule, index) => ({ path: `exclude.${index}`, rule, condition: rule })),
  ];
  return rules
    .filter(({ rule }) => !used.has(rule))
    .map(({ path, condition }) => ({
      path,
      value: showValue(condition),
      message: 'it matches no cell, so the rule changes nothing',
    }));
}
