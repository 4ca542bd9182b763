import {
  groupDropped,
  type DroppedCause,
  type DroppedCauses,
  type Sweep,
} from '@capgrid/contracts';
import { countOf, formatCount } from '../numbers/format-number';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import s from './launch.module.css';

/** As many cells as a sweep may have would only slow the page down. */
export function causesShown(dropped: Sweep['dropped']): DroppedCauses {
  return groupDropped(dropped, { causes: 30, examples: 10 });
}

/** Cells of the grid that are no trial, by the causes for which they are left out. */
export function DroppedCells({ dropped }: { dropped: DroppedCauses }) {
  const { cells, causes, unlisted } = dropped;
  if (cells === 0) return null;
  const isWhole = unlisted.cells === 0 && causes.every((cause) => cause.unlisted === 0);
  return (
    <details className={s.dropped}>
      <summary>{countOf(cells, 'dropped cell')}</summary>
      <ScrollRegion label="Dropped cells" rows={causes.length}>
        <table className={t.table}>
          <caption className="spoken">Causes for which cells are dropped</caption>
          <thead>
            <tr>
              <th scope="col">Cause</th>
              <th scope="col" className={t.number}>
                Cells
              </th>
              <th scope="col">Which</th>
            </tr>
          </thead>
          <tbody>
            {causes.map((cause) => (
              <tr key={`${cause.reason} ${cause.cause}`}>
                <th scope="row">
                  {cause.reason}: <span className={t.soft}>{cause.cause}</span>
                </th>
                <td className={t.number}>{formatCount(cause.cells)}</td>
                <td>
                  <Examples {...cause} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {!isWhole && (
        <p className={s.soft}>
          {unlisted.cells > 0 &&
            `Not listed: ${countOf(unlisted.cells, 'cell')} of ${countOf(unlisted.causes, 'other cause')}. `}
          All of them: <code>./capgrid sweep preview FILE --json</code>
        </p>
      )}
    </details>
  );
}

function Examples({ examples, unlisted }: DroppedCause) {
  const [first, ...others] = examples;
  if (others.length === 0 && unlisted === 0) return first;
  return (
    <>
      {first}
      <details>
        <summary>more</summary>
        <ul>
          {others.map((example) => (
            <li key={example}>{example}</li>
          ))}
          {unlisted > 0 && <li className={t.soft}>{countOf(unlisted, 'cell')} not listed</li>}
        </ul>
      </details>
    </>
  );
}
