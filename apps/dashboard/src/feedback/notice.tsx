import type { ReactNode } from 'react';
import s from './feedback.module.css';

/** A page that has nothing else to show: says what is the matter and what to do. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={s.notice}>
      <h1>{title}</h1>
      {children}
    </section>
  );
}
