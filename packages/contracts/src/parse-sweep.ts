/** From the text of a YAML or JSON file to a sweep spec, or to a list of what is wrong with it. */
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { checkOptions } from './check-options.js';
import { SpecIssue, showValue } from './spec-issue.js';
import { SweepSpec } from './sweep-spec.js';

export type ParsedSweep =
  { isValid: true; spec: SweepSpec } | { isValid: false; issues: SpecIssue[] };

/** JSON is YAML, so one parser reads both. */
export function parseSweep(text: string): ParsedSweep {
  const document = parseDocument(text, { uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined) {
    return { isValid: false, issues: [{ path: '', value: null, message: fault.message }] };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { isValid: false, issues: [{ path: '', value: null, message }] };
  }
  return checkSweep(value);
}

/** The same check for a value that is parsed already. */
export function checkSweep(value: unknown): ParsedSweep {
  const parsed = SweepSpec.safeParse(value, { reportInput: true });
  if (!parsed.success) return { isValid: false, issues: parsed.error.issues.map(toSpecIssue) };
  const issues = [...parsed.data.zip.flatMap(unequalLengths), ...checkOptions(parsed.data)];
  return issues.length > 0 ? { isValid: false, issues } : { isValid: true, spec: parsed.data };
}

/** A zod issue in the words of a spec file. */
export function toSpecIssue(issue: z.core.$ZodIssue): SpecIssue {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const path = [...issue.path, ...(keys.length === 1 ? keys : [])].map(String).join('.');
  const message =
    issue.code === 'invalid_key'
      ? (issue.issues[0]?.message ?? issue.message)
      : issue.code === 'unrecognized_keys'
        ? `unknown ${keys.length === 1 ? 'key' : `keys ${keys.join(', ')}`}; see docs/sweeps.md for what a spec may contain`
        : issue.message;
  return { path, value: showValue(issue.input), message };
}

function unequalLengths(group: SweepSpec['zip'][number], index: number): SpecIssue[] {
  const lengths = Object.entries(group).map(([path, values]) => `${path} has ${values.length}`);
  const isEqual = new Set(Object.values(group).map((values) => values.length)).size <= 1;
  if (isEqual) return [];
  return [
    {
      path: `zip.${index}`,
      value: showValue(group),
      message: `factors that vary together need equally many values: ${lengths.join(', ')}`,
    },
  ];
}
