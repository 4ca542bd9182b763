import type { ReactNode } from 'react';
import s from './table.module.css';

/** A table wider than the page scrolls in here; reachable by keyboard, named by its label. */
export function ScrollRegion({
  label,
  isTall = false,
  children,
}: {
  label: string;
  /** Keeps the table within the window, so that its sticky header stays in sight. */
  isTall?: boolean;
  children: ReactNode;
}) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className={isTall ? `${s.region} ${s.tall}` : s.region}
    >
      {children}
    </div>
  );
}
