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
  const said = new Map(
    [...new Set(given.map(({ path }) => path))].map((path) => {
      const isRead = read.has(path) || readers.reads(path);
      return [path, { isRead, cut: isRead ? readers.findCut(path) : NONE }];
    }),
  );
  return given.flatMap(({ at, path, value }): SpecIssue[] => {
    const { isRead, cut } = said.get(path) ?? { isRead: true, cut: NONE };
    const tell = (message: string) => ({ path: at, value: showValue(value), message });
    if (!isRead) return [tell('no trial reads it beside its other options, so it changes nothing')];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    const changed = [...cut].filter(([number]) => values.includes(number));
    return changed.map(([number, others]) =>
      tell(`${number} counts as ${[...others].join(' or ')} beside the other options`),
    );
  });
}

const NONE: ReadonlyMap<number, ReadonlySet<number>> = new Map();

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
