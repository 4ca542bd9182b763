/** `run/stack.json`: which processes make up the stack of a CAPGRID_HOME, and where they listen. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError, isFileError } from '../cli-error.js';

const Identity = z.strictObject({ pid: z.int().min(1), startedAt: z.string() });

const StackState = z.strictObject({
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  supervisor: Identity,
  apiUrl: z.string(),
  dashboardUrl: z.string(),
  /** All parts answered once. */
  isUp: z.boolean(),
  hasOwnPostgres: z.boolean(),
  parts: z.array(Identity.extend({ name: z.string() })),
});
export type StackState = z.infer<typeof StackState>;

/** null when no stack was started, or it was stopped in order. */
export function readState(home: string): StackState | null {
  const text = readIfPresent(statePath(home));
  if (text === null) return null;
  const parsed = StackState.safeParse(parseJson(text));
  // A file that cannot be read names no process that may be signalled.
  return parsed.success ? parsed.data : null;
}

export function writeState(home: string, state: StackState): void {
  const path = statePath(home);
  writeFileSync(`${path}.new`, serialise(state));
  renameSync(`${path}.new`, path);
}

/**
 * Writes the first state of a new stack.
 * @returns false when another process was quicker
 */
export function claimState(home: string, state: StackState): boolean {
  const path = statePath(home);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, serialise(state), { flag: 'wx' });
    return true;
  } catch (cause) {
    if (isFileError(cause, 'EEXIST')) return false;
    if (!isFileError(cause, 'EACCES', 'EROFS', 'EPERM', 'ENOTDIR')) throw cause;
    const message = `The folder ${home} cannot be written: give this user write permission, or set CAPGRID_HOME to a folder that can.`;
    throw new CliError('folder-not-writable', message, { cause });
  }
}

export function removeState(home: string): void {
  rmSync(statePath(home), { force: true });
}

function statePath(home: string): string {
  return join(home, 'run', 'stack.json');
}

function serialise(state: StackState): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (isFileError(cause, 'ENOENT', 'ENOTDIR')) return null;
    throw cause;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
