import type { KindFootnote } from '@capgrid/contracts';
import s from './results.module.css';

/** Below the table: what the marks at its values mean. */
export function KindFootnoteList({ footnotes }: { footnotes: KindFootnote[] }) {
  if (footnotes.length === 0) return null;
  return (
    <ul className={s.footnotes} aria-label="Footnotes of the results table">
      {footnotes.map(({ marks, text }) => (
        <li key={marks.join()}>
          <sup aria-hidden="true">{marks.join(' ')}</sup> {text}
        </li>
      ))}
    </ul>
  );
}
