/** Which columns of a results table are printed. */
import type { ResultsColumn, ResultsTable } from '@capgrid/contracts';
import { CliError } from '../cli-error.js';

export interface ColumnChoice {
  /** Names of scores or groups, apart by commas, as `--columns` gives them. */
  columns?: string;
  /** Every score that was measured. */
  all?: true;
}

/** In the order of the table; without a choice, those that a paper prints. */
export function chooseColumns(
  { columns, sweepName }: Pick<ResultsTable, 'columns' | 'sweepName'>,
  choice: ColumnChoice,
): ResultsColumn[] {
  if (choice.columns !== undefined) {
    const names = choice.columns.split(',').map((name) => name.trim());
    for (const name of names) checkName(name, columns, sweepName);
    return columns.filter((column) => names.some((name) => isNamed(column, name)));
  }
  return choice.all === true ? [...columns] : columns.filter(({ isPrimary }) => isPrimary);
}

function checkName(name: string, columns: readonly ResultsColumn[], sweepName: string): void {
  if (columns.some((column) => isNamed(column, name))) return;
  const groups = new Set(columns.map(({ group }) => group.toLowerCase()));
  throw new CliError(
    'usage',
    `--columns: sweep "${sweepName}" has no score "${name}". It has ${columns.map(({ score }) => score).join(', ')}, and the groups ${[...groups].join(', ')}.`,
  );
}

/** By key (`bleu4`), heading (`B@4`) or group (`captions`). */
function isNamed({ score, label, group }: ResultsColumn, name: string): boolean {
  const wanted = name.toLowerCase();
  return [score, label, group].some((known) => known.toLowerCase() === wanted);
}
