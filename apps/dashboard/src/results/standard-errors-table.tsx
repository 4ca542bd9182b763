/** How much a mean would move with other images, other trainings or both; closed until asked for. */
import type { Comparison, ComparisonCell, ResultsTable, TrialSummary } from '@capgrid/contracts';
import { formatFixed } from '../numbers/format-number';
import { ComparedRows } from './compared-rows';
import s from './results.module.css';

type StandardErrorsTableProps = {
  comparison: Comparison;
  table: ResultsTable;
  trials: TrialSummary[];
};

export function StandardErrorsTable({ comparison, table, trials }: StandardErrorsTableProps) {
  const hasSeeds = comparison.rows.some(({ cells }) =>
    Object.values(cells).some(({ standardErrors }) => standardErrors.seeds !== null),
  );
  const below = hasSeeds
    ? 'Below each mean its standard errors: with other images, with other training seeds, with both.'
    : 'Below each mean its standard error with other images; one seed tells nothing of other trainings.';
  return (
    <details className={s.errors}>
      <summary>Means and standard errors</summary>
      <ComparedRows
        label="Means and standard errors"
        caption={below}
        comparison={comparison}
        table={table}
        numbers={new Map(trials.map(({ id, number }) => [id, number]))}
        showCell={(cell, decimals) => <MeanCell cell={cell} decimals={decimals} />}
      />
    </details>
  );
}

function MeanCell({ cell, decimals }: { cell: ComparisonCell; decimals: number }) {
  const { images, seeds, both } = cell.standardErrors;
  const errors = [images, seeds, both].flatMap((error) =>
    error === null ? [] : [formatFixed(error, decimals + 1)],
  );
  return (
    <span className={s.stack}>
      {formatFixed(cell.mean, decimals)}
      <span className={s.bounds}>{errors.join(', ')}</span>
    </span>
  );
}
