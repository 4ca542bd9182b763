/** The columns of factors in a list of cells or trials. */
import {
  formatFactorValue,
  labelFactors,
  type Assignment,
  type FactorValue,
} from '@capgrid/contracts';
import type { TableStyle } from './booktabs.js';
import { printable } from './printable.js';

export function factorHeads(factors: readonly string[]): string[] {
  return labelFactors(factors).map(({ label }) => label);
}

export function factorCells(
  factors: readonly string[],
  assignment: Assignment,
  style: Pick<TableStyle, 'hasUnicode'>,
): string[] {
  return factors.map((path) => showLevel(assignment[path], style));
}

/** A dash where the cell does not have the factor, or does not read it. */
export function showLevel(
  value: FactorValue | undefined,
  { hasUnicode }: Pick<TableStyle, 'hasUnicode'>,
): string {
  if (value === undefined) return hasUnicode ? '–' : '-';
  return printable(formatFactorValue(value));
}
