/** The row of a results table that a user names by number or by levels of its factors. */
import { describeAssignment, formatFactorValue, type ResultsTable } from '@capgrid/contracts';
import { CliError } from '../cli-error.js';

/**
 * @param wanted number of the row from 1, or `attention=none,beam=3` with as many factors as tell
 * @returns index of the row
 * @throws CliError `usage` when no row is meant, or several are
 */
export function findBaseline(
  { factors, rows }: Pick<ResultsTable, 'factors' | 'rows'>,
  wanted: string,
): number {
  if (/^\d+$/.test(wanted)) {
    const index = Number(wanted) - 1;
    if (rows[index] !== undefined) return index;
    throw refuse(wanted, `the table has rows 1 to ${rows.length}`);
  }
  const levels = wanted.split(',').map((pair) => readLevel(pair, wanted, factors));
  const found = rows.flatMap((row, index) =>
    levels.every(({ path, level }) => {
      const value = row.assignment[path];
      return value !== undefined && [formatFactorValue(value), String(value)].includes(level);
    })
      ? [index]
      : [],
  );
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw refuse(wanted, 'no row has these levels');
  const named = found.map((index) => `${index + 1} (${describeRow(rows, index)})`);
  throw refuse(wanted, `${found.length} rows have these levels: ${named.join('; ')}`);
}

function readLevel(
  pair: string,
  wanted: string,
  factors: ResultsTable['factors'],
): { path: string; level: string } {
  const [name = '', level] = pair.split('=').map((part) => part.trim());
  const factor = factors.find(({ path, label }) => name === path || name === label);
  if (factor === undefined || level === undefined) {
    const names = factors.map(({ label }) => `"${label}"`).join(', ');
    throw refuse(wanted, `write FACTOR=LEVEL; the factors are ${names}`);
  }
  return { path: factor.path, level };
}

function describeRow(rows: ResultsTable['rows'], index: number): string {
  return describeAssignment(rows[index]?.assignment ?? {});
}

function refuse(wanted: string, reason: string): CliError {
  return new CliError('usage', `--baseline "${wanted}": ${reason}.`);
}
