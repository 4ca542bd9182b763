/** Published rows that stand beside no cell, below those of the sweep however these are sorted. */
import type { PrintedRow, ResultsRow } from '@capgrid/contracts';
import type { Column } from '@tanstack/react-table';
import { formatFixed } from '../numbers/format-number';
import t from '../table/table.module.css';
import type { features } from './columns';
import s from './results.module.css';
import { EmptySlots } from './score-cell';

type PrintedRowsProps = {
  rows: readonly PrintedRow[];
  /** Those that are shown. */
  columns: readonly Column<typeof features, ResultsRow>[];
};

export function PrintedRows({ rows, columns }: PrintedRowsProps) {
  if (rows.length === 0) return null;
  const metas = columns.map(({ columnDef }) => columnDef.meta);
  const scores = metas.flatMap((meta) => (meta?.kind === 'score' ? [meta] : []));
  return (
    <tbody>
      {rows.map((row, index) => (
        <tr key={`${index} ${row.source}`} className={index === 0 ? s.firstOfGroup : undefined}>
          <th scope="row" colSpan={metas.length - scores.length}>
            <span className={s.source}>{row.source}</span>
          </th>
          {scores.map(({ column, slots }) => (
            <td key={column.score} className={t.number}>
              <span className={s.slots}>
                <span>{showPrinted(row.scores[column.score], column.decimals)}</span>
                <EmptySlots {...slots} />
              </span>
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function showPrinted(value: number | undefined, decimals: number): string {
  return value === undefined ? '–' : formatFixed(value, decimals);
}
