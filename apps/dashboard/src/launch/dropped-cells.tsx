import { describeAssignment, type Sweep } from '@capgrid/contracts';
import { countOf } from '../numbers/format-number';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import s from './launch.module.css';

/** Cells of the grid that are no trial, each with its reason. */
export function DroppedCells({ dropped }: { dropped: Sweep['dropped'] }) {
  if (dropped.length === 0) return null;
  return (
    <details className={s.dropped}>
      <summary>{countOf(dropped.length, 'dropped cell')}</summary>
      <ScrollRegion label="Dropped cells" rows={dropped.length}>
        <table className={t.table}>
          <caption className="spoken">Dropped cells and why</caption>
          <thead>
            <tr>
              <th scope="col">Cell</th>
              <th scope="col" className={t.number}>
                Seed
              </th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {dropped.map((cell) => (
              <tr key={`${describeAssignment(cell.assignment)} ${cell.seed}`}>
                <th scope="row">{describeAssignment(cell.assignment)}</th>
                <td className={t.number}>{cell.seed}</td>
                <td>
                  {cell.reason}: <span className={t.soft}>{cell.message}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}
