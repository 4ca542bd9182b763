import type { ReactNode } from 'react';
import s from './page-head.module.css';

/** The title of a page with what belongs beside it. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={s.head}>
      <h1>{title}</h1>
      <div className={s.aside}>{children}</div>
    </div>
  );
}
