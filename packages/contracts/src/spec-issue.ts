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
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** A zod issue in words a user can act on; give `reportInput: true` to the parse for its value. */
export function toSpecIssue(issue: z.core.$ZodIssue): SpecIssue {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const path = [...issue.path, ...(keys.length === 1 ? keys : [])].map(String).join('.');
  return { path, value: showValue(issue.input), message: describe(issue) };
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'unrecognized_keys':
      return issue.keys.length === 1
        ? 'unknown key; remove it or correct its spelling'
        : `unknown keys ${issue.keys.join(', ')}; remove them or correct their spelling`;
    case 'invalid_type':
      return issue.input === undefined ? `missing; expected ${issue.expected}` : issue.message;
    default:
      return issue.message;
  }
}
