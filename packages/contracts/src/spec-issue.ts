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
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
