import type { SweepPreview } from '@capgrid/contracts';
import { useState } from 'react';
import { Button } from '../feedback/button';
import { countOf, formatCount } from '../numbers/format-number';
import { FactorHeadings, FactorValues } from '../table/factor-columns';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import s from './launch.module.css';

type CellTableProps = Pick<SweepPreview, 'cells' | 'factors'>;

/** Thousands of rows would only slow the page down. */
const FIRST_ROWS = 200;

export function CellTable({ cells, factors }: CellTableProps) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? cells : cells.slice(0, FIRST_ROWS);
  return (
    <>
      <ScrollRegion label="Trials of the sweep" rows={shown.length}>
        <table className={`${t.table} ${s.cells}`}>
          <caption>
            <span className={t.caption}>
              One row per trial. Reused: scored by an earlier sweep.
            </span>
          </caption>
          <thead>
            <tr>
              <th scope="col" className={t.number}>
                #
              </th>
              <FactorHeadings factors={factors} />
              <th scope="col" className={t.number}>
                seed
              </th>
              <th scope="col">work</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((cell, index) => (
              <tr key={`${JSON.stringify(cell.assignment)} ${cell.seed}`}>
                <td className={`${t.number} ${t.soft}`}>{index + 1}</td>
                <FactorValues factors={factors} assignment={cell.assignment} />
                <td className={t.number}>{cell.seed}</td>
                <td className={t.soft}>{cell.isReused ? 'reused' : 'new'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {shown.length < cells.length && (
        <p>
          The first {formatCount(shown.length)} of {countOf(cells.length, 'trial')}.{' '}
          <Button onClick={() => setIsWhole(true)}>Show all</Button>
        </p>
      )}
    </>
  );
}
