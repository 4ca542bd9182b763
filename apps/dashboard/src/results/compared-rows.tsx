/** The rows of a comparison as a table: trials, factors and one cell for each score. */
import type { Comparison, ComparisonCell, ResultsTable } from '@capgrid/contracts';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { formatCellValue } from '../table/factor-words';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import s from './results.module.css';
import { ScoreHeading } from './score-heading';

type ComparedRowsProps = {
  label: string;
  caption: string;
  comparison: Comparison;
  table: ResultsTable;
  /** Numbers of the trials in the sweep, by id. */
  numbers: Map<string, number>;
  showCell: (cell: ComparisonCell, decimals: number) => ReactNode;
};

export function ComparedRows(props: ComparedRowsProps) {
  const { label, caption, comparison, table, numbers, showCell } = props;
  return (
    <ScrollRegion label={label} rows={comparison.rows.length}>
      <table className={`${t.table} ${s.table}`}>
        <caption>
          <span className={t.caption}>{caption}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col" className={`${t.number} ${t.pinned}`}>
              #
            </th>
            {table.factors.map((factor) => (
              <th key={factor.path} scope="col" title={factor.path}>
                {factor.label}
              </th>
            ))}
            {comparison.columns.map((column) => (
              <th key={column.score} scope="col" className={t.number}>
                <ScoreHeading label={column.label} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {comparison.rows.map(({ row, assignment, cells }) => (
            <tr key={row} className={row === comparison.baseline ? s.baselineRow : undefined}>
              <th scope="row" className={`${t.number} ${t.pinned} ${t.nowrap} ${s.trialNumbers}`}>
                {row === comparison.baseline && 'baseline '}
                {(table.rows[row]?.trialIds ?? []).map((id) => {
                  const number = numbers.get(id) ?? '';
                  return (
                    <Link
                      key={id}
                      href={`/trials/${id}`}
                      prefetch={false}
                      aria-label={`Trial ${number}`}
                    >
                      {number}
                    </Link>
                  );
                })}
              </th>
              {table.factors.map(({ path }) => (
                <th key={path} scope="row">
                  {formatCellValue(assignment[path])}
                </th>
              ))}
              {comparison.columns.map(({ score, decimals }) => {
                const cell = cells[score];
                return (
                  <td key={score} className={t.number}>
                    {cell === undefined ? '–' : showCell(cell, decimals)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
