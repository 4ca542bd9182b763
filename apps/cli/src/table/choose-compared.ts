/** Which scores of a results table are compared. */
import { UNRESAMPLED_SCORES, type ResultsTable, type ScoreName } from '@capgrid/contracts';
import { CliError } from '../cli-error.js';
import { chooseColumns } from './choose-columns.js';

/**
 * @param columns as `--columns` gives them
 * @throws CliError where one of them cannot be compared, naming those that can
 */
export function chooseCompared(
  table: Pick<ResultsTable, 'columns' | 'sweepName'>,
  columns: string,
): ScoreName[] {
  const chosen = chooseColumns(table, { columns });
  const refused = chosen.filter(({ score }) => UNRESAMPLED_SCORES.includes(score));
  if (refused.length === 0) return chosen.map(({ score }) => score);
  const others = (refused.length < chosen.length ? chosen : table.columns)
    .map(({ score }) => score)
    .filter((score) => !UNRESAMPLED_SCORES.includes(score));
  const verb = refused.length === 1 ? 'belongs' : 'belong';
  throw new CliError(
    'usage',
    `--columns ${columns}: ${refused.map(({ label }) => label).join(', ')} ${verb} to all captions together and cannot be compared. Give --columns ${others.join()}`,
  );
}
