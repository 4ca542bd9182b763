import type { ReactNode } from 'react';
import s from './table.module.css';

/** A longer table scrolls by itself, so that its header stays in sight; a shorter one is shown whole. */
const TALL_ROWS = 40;

/** A table wider than the page scrolls in here; reachable by keyboard, named by its label. */
export function ScrollRegion({
  label,
  rows,
  children,
}: {
  label: string;
  rows: number;
  children: ReactNode;
}) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className={rows > TALL_ROWS ? `${s.region} ${s.tall}` : s.region}
    >
      {children}
    </div>
  );
}
