import type { ResultsRow } from '@capgrid/contracts';
import type { Cell } from '@tanstack/react-table';
import Link from 'next/link';
import { formatCellValue } from '../table/factor-words';
import t from '../table/table.module.css';
import type { features } from './columns';
import s from './results.module.css';
import { ScoreCell } from './score-cell';

type RowCell = Cell<typeof features, ResultsRow>;

/** Footnote marks by score. */
export type RowMarks = ReadonlyMap<string, string>;

type ResultsTableRowProps = {
  row: ResultsRow;
  cells: RowCell[];
  marks: RowMarks;
  /** Numbers of the trials in the sweep, by id. */
  numbers: Map<string, number>;
  /** Leading factors that have the value of the row above; printed softer. */
  repeats: number;
};

export function ResultsTableRow({ row, cells, marks, numbers, repeats }: ResultsTableRowProps) {
  const hasScores = Object.keys({ ...row.scores, ...row.mixed }).length > 0;
  const scores = cells.filter((cell) => cell.column.columnDef.meta?.kind === 'score');
  const others = cells.filter((cell) => cell.column.columnDef.meta?.kind !== 'score');
  return (
    <tr className={repeats === 0 ? s.firstOfGroup : undefined}>
      {others.map((cell, index) => (
        <PlainCell key={cell.id} cell={cell} numbers={numbers} isRepeat={index <= repeats} />
      ))}
      {hasScores ? (
        scores.map((cell) => <ScoreColumnCell key={cell.id} cell={cell} marks={marks} />)
      ) : (
        <td colSpan={Math.max(1, scores.length)} className={s.missing}>
          {row.missing.length === 0 ? 'no result yet' : row.missing.join(', ')}
        </td>
      )}
    </tr>
  );
}

type PlainCellProps = Pick<ResultsTableRowProps, 'numbers'> & { cell: RowCell; isRepeat: boolean };

function PlainCell({ cell, numbers, isRepeat }: PlainCellProps) {
  const row = cell.row.original;
  const meta = cell.column.columnDef.meta;
  if (meta?.kind === 'number') {
    return (
      <th scope="row" className={`${t.number} ${t.pinned} ${s.trialNumbers}`}>
        {row.trialIds.map((id, index) => {
          const number = numbers.get(id) ?? index + 1;
          return (
            <Link key={id} href={`/trials/${id}`} prefetch={false} aria-label={`Trial ${number}`}>
              {number}
            </Link>
          );
        })}
      </th>
    );
  }
  if (meta?.kind === 'seeds') {
    const isShort = row.seedsFinished < row.seedsTotal;
    return (
      <td className={t.number} title={row.missing.join(', ')}>
        {isShort ? `${row.seedsFinished} of ${row.seedsTotal}` : row.seedsTotal}
      </td>
    );
  }
  const value = meta?.kind === 'factor' ? row.assignment[meta.path] : undefined;
  return (
    <th scope="row" className={isRepeat ? s.repeat : undefined}>
      {formatCellValue(value)}
    </th>
  );
}

function ScoreColumnCell({ cell, marks }: { cell: RowCell; marks: RowMarks }) {
  const row = cell.row.original;
  const meta = cell.column.columnDef.meta;
  if (meta?.kind !== 'score') return null;
  const [trialId, ...more] = row.trialIds;
  return (
    <td className={t.number}>
      <ScoreCell
        cell={row.scores[meta.column.score]}
        isMixed={row.mixed[meta.column.score] !== undefined}
        mark={marks.get(meta.column.score) ?? null}
        decimals={meta.column.decimals}
        slots={meta.slots}
        trialId={more.length === 0 ? (trialId ?? null) : null}
      />
    </td>
  );
}
