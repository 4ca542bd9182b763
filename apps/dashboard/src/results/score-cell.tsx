/** A score as papers print it: mean, spread over seeds, difference from the published value. */
import type { ResultsCell } from '@capgrid/contracts';
import Link from 'next/link';
import { formatDelta, formatFixed } from '../numbers/format-number';
import type { Slots } from './columns';
import s from './results.module.css';

type ScoreCellProps = {
  cell: ResultsCell | undefined;
  decimals: number;
  slots: Slots;
  /** The trial behind the number, null where several seeds are. */
  trialId: string | null;
};

export function ScoreCell({ cell, decimals, slots, trialId }: ScoreCellProps) {
  if (cell === undefined) return <span className={s.soft}>–</span>;
  const mean = formatFixed(cell.mean, decimals);
  const value = cell.isBest ? <strong className={s.best}>{mean}</strong> : mean;
  return (
    <span className={s.slots}>
      {/* Out of the tab order: the number of the row leads to the same page. */}
      {trialId === null ? (
        <span>{value}</span>
      ) : (
        <Link href={`/trials/${trialId}`} tabIndex={-1} prefetch={false} className={s.cellLink}>
          {value}
        </Link>
      )}
      {slots.hasStd && (
        <span className={s.std}>
          {cell.std === null ? '' : `±${formatFixed(cell.std, decimals)}`}
        </span>
      )}
      {slots.hasDelta && <Delta delta={cell.delta} decimals={decimals} />}
    </span>
  );
}

/** Empty, not zero, where nothing is published. The sign tells; the colour only helps. */
function Delta({ delta, decimals }: { delta: number | null; decimals: number }) {
  if (delta === null) return <span className={s.delta} />;
  const text = formatDelta(delta, decimals);
  const tone = text.startsWith('+') ? s.better : text.startsWith('±') ? s.soft : s.worse;
  return <span className={`${s.delta} ${tone ?? ''}`}>{text}</span>;
}
