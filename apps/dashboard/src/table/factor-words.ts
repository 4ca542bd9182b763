/** Factors and their values as a table prints them. */
import type { FactorValue } from '@capgrid/contracts';

/** `true` to `yes`, `null` to `none`; everything else as written. */
export function formatFactorValue(value: FactorValue | undefined): string {
  if (value === undefined) return '·';
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

/**
 * The shortest tail of each path that no other factor shares: `model.attention.kind` becomes `kind`,
 * or `attention.kind` where another `kind` varies too.
 */
export function shortFactorNames(paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [path, shortestTail(path, paths)]));
}

/** Words that say nothing without the one before them. */
const GENERIC = new Set(['kind', 'name', 'value', 'isScaled', 'alpha', 'beta']);

function shortestTail(path: string, paths: readonly string[]): string {
  const keys = path.split('.');
  const shortest = GENERIC.has(keys.at(-1) ?? '') ? 2 : 1;
  for (let length = shortest; length < keys.length; length += 1) {
    const tail = keys.slice(-length).join('.');
    const isTaken = paths.some((other) => other !== path && `.${other}`.endsWith(`.${tail}`));
    if (!isTaken) return tail;
  }
  return path;
}

/** Orders numbers by size, text by alphabet, absent values last. */
export function compareFactorValues(
  a: FactorValue | undefined,
  b: FactorValue | undefined,
): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return formatFactorValue(a).localeCompare(formatFactorValue(b), 'en', { numeric: true });
}
