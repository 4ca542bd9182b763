/** Differences from the baseline with intervals; what is significant has a mark, told in the caption. */
import {
  type Comparison,
  type ComparisonCell,
  describeComparison,
  isSignificant,
  type ResultsTable,
  type TrialSummary,
} from '@capgrid/contracts';
import { formatDelta, formatFixed, formatInterval, formatP } from '../numbers/format-number';
import { ComparedRows } from './compared-rows';
import s from './results.module.css';

const MARK = '†';

type ComparisonTableProps = { comparison: Comparison; table: ResultsTable; trials: TrialSummary[] };

export function ComparisonTable({ comparison, table, trials }: ComparisonTableProps) {
  const numbers = new Map(trials.map(({ id, number }) => [id, number]));
  const numbersOf = (row: number) =>
    (table.rows[row]?.trialIds ?? []).flatMap((id) => numbers.get(id) ?? []);
  return (
    <ComparedRows
      label="Differences from the baseline"
      caption={describeComparison(comparison, { mark: MARK, noun: 'trial', numbersOf }).join(' ')}
      comparison={comparison}
      table={table}
      numbers={numbers}
      showCell={(cell, decimals) => <DifferenceCell cell={cell} decimals={decimals} />}
    />
  );
}

function DifferenceCell({ cell, decimals }: { cell: ComparisonCell; decimals: number }) {
  if (cell.comparison === null)
    return <Marked isMarked={false}>{formatFixed(cell.mean, decimals)}</Marked>;
  const { difference, interval, p, adjustedP } = cell.comparison;
  return (
    <span
      className={s.stack}
      title={
        p === null
          ? 'not tested: neither images nor seeds vary'
          : `${formatP(p)}, after Holm's correction ${formatP(adjustedP)}`
      }
    >
      <Marked isMarked={isSignificant(cell.comparison)}>{formatDelta(difference, decimals)}</Marked>
      <span className={s.bounds}>{formatInterval(interval, decimals)}</span>
    </span>
  );
}

/** A number with the place of its mark, so that numbers with and without one stand below each other. */
function Marked({ isMarked, children }: { isMarked: boolean; children: string }) {
  return (
    <span className={s.slots}>
      {children}
      {isMarked ? (
        <sup className={s.mark}>
          <span aria-hidden="true">{MARK}</span>
          <span className="spoken">significant</span>
        </sup>
      ) : (
        <span className={s.mark} />
      )}
    </span>
  );
}
