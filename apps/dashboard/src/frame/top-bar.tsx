import Link from 'next/link';
import { NavLinks } from './nav-links';
import type { Theme } from './theme';
import { ThemeChoice } from './theme-choice';
import s from './top-bar.module.css';

export function TopBar({ theme }: { theme: Theme }) {
  return (
    <header className={s.bar}>
      <div className={s.inner}>
        <Link href="/" className={s.name}>
          <Mark />
          Capgrid
        </Link>
        <nav aria-label="Main" className={s.nav}>
          <NavLinks />
        </nav>
        <ThemeChoice initial={theme} />
      </div>
    </header>
  );
}

/** A grid with one cell filled: the sweep and its best trial. */
function Mark() {
  return (
    <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
      <path d="M1 1h16v16H1zM1 6.33h16M1 11.67h16M6.33 1v16M11.67 1v16" className={s.markLines} />
      <rect x="6.33" y="6.33" width="5.34" height="5.34" className={s.markCell} />
    </svg>
  );
}
