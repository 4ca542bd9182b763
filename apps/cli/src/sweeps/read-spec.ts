/** Reads a sweep file; a bad one becomes an error that lists every fault. */
import { readFile } from 'node:fs/promises';
import {
  checkSweep,
  issueLine,
  parseSweep,
  type SpecIssue,
  type SweepSpec,
} from '@capgrid/contracts';
import { CliError, isFileError } from '../cli-error.js';

export interface SpecOptions {
  /** Use only this many images of the dataset: `base.data.limit`. */
  limit: number | null;
}

export async function readSpec(path: string, { limit }: SpecOptions): Promise<SweepSpec> {
  const parsed = parseSweep(await readSpecFile(path));
  if (!parsed.isValid) throw new CliError('bad-spec', describeIssues(path, parsed.issues));
  if (limit === null) return parsed.spec;
  const { spec } = parsed;
  const base = { ...spec.base, data: { ...spec.base.data, limit } };
  const limited = checkSweep({ ...spec, base });
  if (limited.isValid) return limited.spec;
  throw new CliError('bad-spec', describeIssues(`${path} with --limit`, limited.issues));
}

/** One line per fault: path, value, what is allowed. */
function describeIssues(name: string, issues: readonly SpecIssue[]): string {
  const count = issues.length === 1 ? 'one fault' : `${issues.length} faults`;
  return `${name} is no valid sweep, it has ${count}:\n${issueLines(issues)}`;
}

export function issueLines(issues: readonly SpecIssue[]): string {
  return issues.map((issue) => `  ${issueLine(issue)}`).join('\n');
}

async function readSpecFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = isFileError(cause, 'ENOENT')
      ? 'there is no such file'
      : isFileError(cause, 'EISDIR')
        ? 'it is a folder'
        : isFileError(cause, 'EACCES')
          ? 'this user may not read it'
          : String(cause);
    throw new CliError('usage', `Cannot read ${path}: ${reason}.`, { cause });
  }
}
