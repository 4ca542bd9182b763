'use client';

/** The table itself. TanStack Table sorts and hides; the markup is the table of a paper. */
import type { ResultsRow, ResultsTable, TrialSummary } from '@capgrid/contracts';
import { functionalUpdate, type SortingState, useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import { buildColumns, features } from './columns';
import { ResultsCaption } from './results-caption';
import { ResultsHead } from './results-head';
import { ResultsTableRow } from './results-row';
import s from './results.module.css';
import type { ResultsView } from './view-state';

type ResultsGridProps = {
  table: ResultsTable;
  trials: TrialSummary[];
  view: ResultsView;
  onSort: (sort: ResultsView['sort']) => void;
};

export function ResultsGrid({ table: results, trials, view, onSort }: ResultsGridProps) {
  const columns = useMemo(() => buildColumns(results), [results]);
  const numbers = useMemo(() => new Map(trials.map(({ id, number }) => [id, number])), [trials]);
  const sorting: SortingState =
    view.sort === null ? [] : [{ id: view.sort.column, desc: view.sort.isDescending }];
  const table = useTable({
    features,
    columns,
    data: results.rows,
    enableMultiSort: false,
    state: {
      sorting,
      columnVisibility: Object.fromEntries(view.hidden.map((name) => [name, false])),
    },
    onSortingChange: (updater) => {
      const first = functionalUpdate(updater, sorting)[0];
      onSort(first === undefined ? null : { column: first.id, isDescending: first.desc });
    },
  });
  const rows = table.getRowModel().rows;
  return (
    <ScrollRegion label="Results table" rows={rows.length}>
      <table className={`${t.table} ${s.table}`}>
        <ResultsCaption table={results} />
        <ResultsHead groups={table.getHeaderGroups()} />
        <tbody>
          {rows.map((row, index) => (
            <ResultsTableRow
              key={row.id}
              row={row.original}
              cells={row.getVisibleCells()}
              numbers={numbers}
              repeats={
                sorting.length > 0
                  ? 0
                  : repeatedFactors(results, rows[index - 1]?.original, row.original)
              }
            />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** How many leading factors have the value of the row above. */
function repeatedFactors(
  table: ResultsTable,
  above: ResultsRow | undefined,
  row: ResultsRow,
): number {
  if (above === undefined) return 0;
  const first = table.factors.findIndex(
    ({ path }) => above.assignment[path] !== row.assignment[path],
  );
  return first === -1 ? 0 : first;
}
