/** What the API says of a request that it refuses, and whose fault that is. */
import type { ApiError } from '@capgrid/contracts';
import { issueLines } from './sweeps/read-spec.js';

const BAD_REQUEST = 400;

/** With all faults of a spec, and before them what no single fault says. */
export function describeRefusal({ message, problem }: ApiError): string {
  const issues = problem?.issues ?? [];
  if (problem === null || issues.length === 0) return message;
  const isSaid = issues.some((issue) => problem.detail.includes(issue.message));
  const said = isSaid ? '' : ` ${problem.detail}`;
  return `the API refuses this:${said}\n${issueLines(issues)}`;
}

/** True where the same request can never succeed: what the user gave must change. */
export function isBadRequest({ status, problem }: ApiError): boolean {
  return status === BAD_REQUEST || problem?.issues !== undefined;
}
