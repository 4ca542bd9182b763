/** One fault in what a user wrote: where, which value, and what is allowed. */
import { z } from 'zod';

export const SpecIssue = z
  .strictObject({
    /** Dotted path, empty for the whole document. */
    path: z.string(),
    /** The offending value as JSON; null where it is missing. */
    value: z.string().nullable(),
    message: z.string(),
  })
  .meta({ id: 'SpecIssue' });
export type SpecIssue = z.infer<typeof SpecIssue>;

/** A value as JSON, cut to what fits on a line. */
export function showValue(value: unknown): string | null {
  if (value === undefined) return null;
  // A function or a symbol has no JSON.
  const text = JSON.stringify(value) ?? typeof value;
  const visible = text.replace(/\p{Bidi_Control}/gu, escapeCharacter);
  return visible.length > 200 ? `${visible.slice(0, 200)}…` : visible;
}

/** A zod issue in words a user can act on; give `reportInput: true` to the parse for its value. */
export function toSpecIssue(issue: z.core.$ZodIssue): SpecIssue {
  const meant = meantIssue(issue);
  if (meant !== null) return toSpecIssue(meant);
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const path = [...issue.path, ...(keys.length === 1 ? keys : [])].map(String).join('.');
  return { path, value: showValue(offendingValue(issue)), message: describeIssue(issue) };
}

/** `model.hidden is 513: must be even …`, of a missing value without it. */
export function issueLine({ path, value, message }: SpecIssue): string {
  const at = path === '' ? 'the whole spec' : path;
  return `${at}${value === null ? '' : ` is ${value}`}: ${message}`;
}

/** What is wrong and what is allowed, without the path. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'unrecognized_keys':
      return issue.keys.length === 1
        ? 'unknown key; remove it or correct its spelling'
        : `unknown keys ${issue.keys.join(', ')}; remove them or correct their spelling`;
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      return offendingValue(issue) === undefined ? describeMissing(issue) : describeWrong(issue);
    default:
      return issue.message;
  }
}

/** Of a union of shapes the fault in the one that a value is meant for: no other has its kind. */
function meantIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue | null {
  if (issue.code !== 'invalid_union' || issue.discriminator !== undefined) return null;
  const inside = issue.errors.filter((faults) => !faults.some(isOfWrongKind));
  const [fault] = inside.length === 1 ? (inside[0] ?? []) : [];
  return fault === undefined ? null : { ...fault, path: [...issue.path, ...fault.path] };
}

function isOfWrongKind({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

/** The value at the path of the fault; zod reports the object around a key that it or a check names. */
function offendingValue(issue: z.core.$ZodIssue): unknown {
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    return key !== undefined && issue.keys.length === 1 ? member(issue.input, key) : issue.input;
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return member(issue.input, issue.discriminator);
  }
  return issue.code === 'custom' ? innerValue(issue.input, issue.path) : issue.input;
}

/** Of what a check has seen, the part that the end of the path leads to; all of it where none does. */
function innerValue(seen: unknown, path: readonly PropertyKey[]): unknown {
  for (let start = 0; start < path.length; start++) {
    const inner = path.slice(start).reduce(member, seen);
    if (inner !== undefined) return inner;
  }
  return seen;
}

function member(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function describeMissing(issue: z.core.$ZodIssue): string {
  const expected = describeWrong(issue)
    .replace(/^Invalid \w+: /, '')
    .replace(/, received undefined$/, '');
  return `missing; ${expected}`;
}

/** Zod does not say what a union allows, as it does of an option. */
function describeWrong(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const allowed =
    issue.discriminator === undefined
      ? issue.errors.flat().map(allowedBy)
      : (('options' in issue && issue.options) || []).map((option) => JSON.stringify(option));
  if (allowed.length === 0 || allowed.includes(null)) return issue.message;
  return `Invalid option: expected one of ${[...new Set(allowed)].join('|')}`;
}

/** The kind or the values that one shape of a union takes; null where that is not all it asks. */
function allowedBy(issue: z.core.$ZodIssue): string | null {
  if (issue.path.length > 0) return null;
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code !== 'invalid_value') return null;
  return issue.values.map((value) => JSON.stringify(value) ?? String(value)).join('|');
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
