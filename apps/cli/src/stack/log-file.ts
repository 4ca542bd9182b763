/** Log files of the parts: appended to, one older generation kept. */
import { mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFileError } from '../cli-error.js';

const LARGEST_BYTES = 10 * 1024 ** 2;

/** A file descriptor for appending, and the size before. */
export function openLog(path: string): { descriptor: number; begin: number } {
  mkdirSync(dirname(path), { recursive: true });
  if (sizeOf(path) > LARGEST_BYTES) renameSync(path, `${path}.1`);
  return { descriptor: openSync(path, 'a'), begin: sizeOf(path) };
}

/** What was written after `begin`. */
export function readLog(path: string, begin: number): string {
  return readFileSync(path).subarray(begin).toString('utf8');
}

/** The last lines written after `begin`, indented, for a message. */
export function tailLog(path: string, begin: number, count = 15): string {
  const lines = readLog(path, begin).trimEnd().split('\n');
  return lines
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n');
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return 0;
    throw cause;
  }
}
