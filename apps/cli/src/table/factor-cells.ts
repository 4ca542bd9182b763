/** The columns of factors in a list of cells or trials. */
import { formatFactorValue, labelFactors, type Assignment } from '@capgrid/contracts';

export function factorHeads(factors: readonly string[]): string[] {
  return labelFactors(factors).map(({ label }) => label);
}

/** Empty where the cell does not have the factor. */
export function factorCells(factors: readonly string[], assignment: Assignment): string[] {
  return factors.map((path) => {
    const value = assignment[path];
    return value === undefined ? '' : formatFactorValue(value);
  });
}
