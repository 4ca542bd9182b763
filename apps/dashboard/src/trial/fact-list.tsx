import type { ReactNode } from 'react';
import s from './trial.module.css';

export type FactItem = { label: string; value: ReactNode };

export function FactList({ facts }: { facts: FactItem[] }) {
  return (
    <dl className={s.facts}>
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
