/** Factor values of a table's cells, which may lack one. */
import { formatFactorValue, type FactorValue } from '@capgrid/contracts';

/** A dot where the cell does not have the factor. */
export function formatCellValue(value: FactorValue | undefined): string {
  return value === undefined ? '·' : formatFactorValue(value);
}

/** Orders numbers by size, text by alphabet, absent values last. */
export function compareFactorValues(
  a: FactorValue | undefined,
  b: FactorValue | undefined,
): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return formatCellValue(a).localeCompare(formatCellValue(b), 'en', { numeric: true });
}
