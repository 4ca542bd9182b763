/** The faults a schema found, in one sentence: path, offending value, what is allowed. */
import { toSpecIssue } from '@capgrid/contracts';
import type { z } from 'zod';

const MOST_SHOWN = 5;

export function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const shown = issues.slice(0, MOST_SHOWN).map((issue) => {
    const { path, value, message } = toSpecIssue(issue);
    return `${path === '' ? 'the document' : path} is ${value ?? 'missing'}: ${message}`;
  });
  const hidden = issues.length - shown.length;
  return shown.join('; ') + (hidden > 0 ? `; and ${hidden} more` : '');
}
