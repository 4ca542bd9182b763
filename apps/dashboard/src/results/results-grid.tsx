'use client';

/** The table itself. TanStack Table sorts and hides; the markup is the table of a paper. */
import type {
  KindFootnotes,
  ResultsColumn,
  ResultsRow,
  ResultsTable,
  TrialSummary,
} from '@capgrid/contracts';
import { functionalUpdate, type SortingState, useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import { buildColumns, features } from './columns';
import { ResultsCaption } from './results-caption';
import { PrintedRows } from './printed-rows';
import { ResultsHead } from './results-head';
import { ResultsTableRow, type RowMarks } from './results-row';
import s from './results.module.css';
import type { ResultsView } from './view-state';

type ResultsGridProps = {
  table: ResultsTable;
  /** Those that are shown. */
  columns: ResultsColumn[];
  kinds: KindFootnotes;
  trials: TrialSummary[];
  view: ResultsView;
  onSort: (sort: ResultsView['sort']) => void;
};

export function ResultsGrid(props: ResultsGridProps) {
  const { table: results, columns: shown, kinds, trials, view, onSort } = props;
  const columns = useMemo(
    () => buildColumns(results, kinds, view.hasIntervals),
    [results, kinds, view.hasIntervals],
  );
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
      columnVisibility: Object.fromEntries(
        results.columns.map((column) => [column.score, shown.includes(column)]),
      ),
    },
    onSortingChange: (updater) => {
      const first = functionalUpdate(updater, sorting)[0];
      onSort(first === undefined ? null : { column: first.id, isDescending: first.desc });
    },
  });
  const rows = table.getRowModel().rows;
  return (
    <ScrollRegion label="Results table" rows={rows.length + results.printed.length}>
      <table className={`${t.table} ${s.table}`}>
        <ResultsCaption table={results} columns={shown} hasIntervals={view.hasIntervals} />
        <ResultsHead groups={table.getHeaderGroups()} />
        <tbody>
          {rows.map((row, index) => (
            <ResultsTableRow
              key={row.id}
              row={row.original}
              cells={row.getVisibleCells()}
              marks={marksOf(kinds, row.index)}
              numbers={numbers}
              repeats={
                sorting.length > 0
                  ? 0
                  : repeatedFactors(results, rows[index - 1]?.original, row.original)
              }
            />
          ))}
        </tbody>
        <PrintedRows rows={results.printed} columns={table.getVisibleLeafColumns()} />
      </table>
    </ScrollRegion>
  );
}

/** The footnote marks of one row, by score. */
function marksOf({ marks }: KindFootnotes, row: number): RowMarks {
  return new Map(
    Object.entries(marks).flatMap(([score, ofRows]) => {
      const mark = ofRows[row];
      return mark === undefined ? [] : [[score, mark]];
    }),
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
