/** What went wrong, as plain data that a server component can hand to a client component. */
import { ApiError, type SpecIssue } from '@capgrid/contracts';

export type Fault = {
  /** HTTP status; null when no answer came. */
  status: number | null;
  code: string;
  message: string;
  issues: SpecIssue[];
};

export function toFault(error: Error): Fault {
  if (!(error instanceof ApiError)) {
    return { status: null, code: 'unexpected', message: error.message, issues: [] };
  }
  const { status, code, message, problem } = error;
  return { status, code, message, issues: problem?.issues ?? [] };
}
