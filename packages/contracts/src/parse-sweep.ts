/** From the text of a YAML or JSON file to a sweep spec, or to a list of what is wrong with it. */
import { parseDocument } from 'yaml';
import { checkOptions } from './check-options.js';
import { showValue, toSpecIssue, type SpecIssue } from './spec-issue.js';
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
  const issues = [
    ...parsed.data.zip.flatMap(emptyGroup),
    ...parsed.data.zip.flatMap(unequalLengths),
    ...factorsGivenTwice(parsed.data),
    ...checkOptions(parsed.data),
  ];
  return issues.length > 0 ? { isValid: false, issues } : { isValid: true, spec: parsed.data };
}

/** It has no first values, so crossed with it nothing is left. */
function emptyGroup(group: SweepSpec['zip'][number], index: number): SpecIssue[] {
  if (Object.keys(group).length > 0) return [];
  const message = 'a group without factors leaves no cell; name its factors or remove the group';
  return [{ path: `zip.${index}`, value: showValue(group), message }];
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

/** Of two lists for one factor the first would be lost. A rule may replace a factor, for its cells. */
function factorsGivenTwice({ grid, zip }: SweepSpec): SpecIssue[] {
  const places = new Map(Object.keys(grid).map((factor) => [factor, 'grid']));
  const issues: SpecIssue[] = [];
  for (const [index, group] of zip.entries()) {
    for (const [factor, values] of Object.entries(group)) {
      const first = places.get(factor);
      if (first === undefined) {
        places.set(factor, `zip.${index}`);
        continue;
      }
      const message = `${factor} is a factor of ${first} already; name its values in one place`;
      issues.push({ path: `zip.${index}.${factor}`, value: showValue(values), message });
    }
  }
  return issues;
}
