import s from './feedback.module.css';

export function LoadingNote() {
  return (
    <p className={s.loading} role="status">
      Loading…
    </p>
  );
}
