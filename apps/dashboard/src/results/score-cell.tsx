/** A score as papers print it: mean, spread over seeds, difference from the published value. */
import type { ResultsCell } from '@capgrid/contracts';
import Link from 'next/link';
import { formatDelta, formatFixed, formatInterval } from '../numbers/format-number';
import type { Slots } from './columns';
import s from './results.module.css';

type ScoreCellProps = {
  cell: ResultsCell | undefined;
  /** Its seeds cannot be averaged. */
  isMixed: boolean;
  /** Of the footnote that says with which values this one cannot be compared. */
  mark: string | null;
  decimals: number;
  slots: Slots;
  /** The trial behind the number, null where several seeds are. */
  trialId: string | null;
};

export function ScoreCell({ cell, isMixed, mark, decimals, slots, trialId }: ScoreCellProps) {
  if (cell === undefined) {
    return (
      <span className={s.slots}>
        <span className={s.soft}>{isMixed ? 'mixed' : '–'}</span>
        <Slot name="mark" isThere={slots.hasMark}>
          {mark}
        </Slot>
        <EmptySlots {...slots} hasMark={false} />
      </span>
    );
  }
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
      <Slot name="mark" isThere={slots.hasMark}>
        {mark}
      </Slot>
      <Slot name="std" isThere={slots.hasStd}>
        {cell.std === null ? null : `±${formatFixed(cell.std, decimals)}`}
      </Slot>
      <Slot name="interval" isThere={slots.hasInterval}>
        {cell.interval === null ? null : formatInterval(cell.interval, decimals)}
      </Slot>
      {slots.hasDelta && <Delta delta={cell.delta} decimals={decimals} />}
    </span>
  );
}

/** The places beside a value, so that headings and absent values stand above and below it. */
export function EmptySlots({ hasMark, hasStd, hasInterval, hasDelta }: Slots) {
  return (
    <>
      {hasMark && <span className={s.mark} />}
      {hasStd && <span className={s.std} />}
      {hasInterval && <span className={s.interval} />}
      {hasDelta && <span className={s.delta} />}
    </>
  );
}

type SlotProps = { name: 'mark' | 'std' | 'interval'; isThere: boolean; children: string | null };

function Slot({ name, isThere, children }: SlotProps) {
  if (!isThere) return null;
  if (name === 'mark' && children !== null) return <sup className={s.mark}>{children}</sup>;
  return <span className={s[name]}>{children}</span>;
}

/** Empty, not zero, where nothing is published. The sign tells; the colour only helps. */
function Delta({ delta, decimals }: { delta: number | null; decimals: number }) {
  if (delta === null) return <span className={s.delta} />;
  const text = formatDelta(delta, decimals);
  const tone = text.startsWith('+') ? s.better : text.startsWith('±') ? s.soft : s.worse;
  return <span className={`${s.delta} ${tone ?? ''}`}>{text}</span>;
}
