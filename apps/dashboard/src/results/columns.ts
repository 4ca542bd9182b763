/** The columns of the results table for TanStack Table: factors, then scores in their groups. */
import type { KindFootnotes, ResultsColumn, ResultsRow, ResultsTable } from '@capgrid/contracts';
import {
  columnVisibilityFeature,
  createColumnHelper,
  createSortedRowModel,
  metaHelper,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';
import { compareFactorValues } from '../table/factor-words';

export type ColumnMeta =
  | { kind: 'number' }
  | { kind: 'factor'; path: string }
  | { kind: 'seeds' }
  | { kind: 'score'; column: ResultsColumn; slots: Slots };

/** Which fixed-width slots the cells of a score column have beside the mean. */
export type Slots = { hasMark: boolean; hasStd: boolean; hasInterval: boolean; hasDelta: boolean };

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  columnMeta: metaHelper<ColumnMeta>(),
});

const helper = createColumnHelper<typeof features, ResultsRow>();

export function buildColumns(table: ResultsTable, kinds: KindFootnotes, hasIntervals: boolean) {
  const factors = table.factors.map(({ path, label }) =>
    helper.accessor((row) => row.assignment[path], {
      id: path,
      header: label,
      enableHiding: false,
      sortDescFirst: false,
      sortFn: (a, b) =>
        compareFactorValues(a.original.assignment[path], b.original.assignment[path]),
      meta: { kind: 'factor', path },
    }),
  );
  const hasSeeds = table.rows.some((row) => row.seedsTotal > 1);
  const seeds = helper.accessor('seedsFinished', {
    id: 'seeds',
    header: 'seeds',
    enableSorting: false,
    enableHiding: false,
    meta: { kind: 'seeds' },
  });
  const groups = [...new Set(table.columns.map((column) => column.group))];
  return helper.columns([
    helper.display({
      id: 'trials',
      header: '#',
      enableSorting: false,
      enableHiding: false,
      meta: { kind: 'number' },
    }),
    ...factors,
    ...(hasSeeds ? [seeds] : []),
    ...groups.map((group) =>
      helper.group({
        id: `group ${group}`,
        header: group,
        columns: table.columns
          .filter((column) => column.group === group)
          .map((column) => scoreColumn(column, slotsOf(table, column, kinds, hasIntervals))),
      }),
    ),
  ]);
}

function scoreColumn(column: ResultsColumn, slots: Slots) {
  return helper.accessor((row): unknown => row.scores[column.score]?.mean, {
    id: column.score,
    header: column.label,
    // The first press puts the best on top.
    sortDescFirst: column.isHigherBetter ?? true,
    sortUndefined: 'last',
    sortFn: (a, b) => meanOf(a.original, column) - meanOf(b.original, column),
    meta: { kind: 'score', column, slots },
  });
}

/** Rows without a value never get here: `sortUndefined` places them. */
function meanOf(row: ResultsRow, column: ResultsColumn): number {
  return row.scores[column.score]?.mean ?? 0;
}

function slotsOf(
  table: ResultsTable,
  column: ResultsColumn,
  { marks }: KindFootnotes,
  hasIntervals: boolean,
): Slots {
  const cells = table.rows.flatMap((row) => row.scores[column.score] ?? []);
  return {
    hasMark: marks[column.score] !== undefined,
    hasStd: cells.some((cell) => cell.std !== null),
    hasInterval: hasIntervals && cells.some((cell) => cell.interval !== null),
    hasDelta: cells.some((cell) => cell.delta !== null),
  };
}
