import s from './results.module.css';

/** Below the table: what to know before comparing with its published rows. */
export function PublishedNotes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className={s.footnotes} aria-label="Notes on the published scores">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
