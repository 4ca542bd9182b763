import s from './results.module.css';

/** A heading of more characters breaks into lines above its numbers. */
const LONG_LABEL = 16;

export function ScoreHeading({ label }: { label: string }) {
  return <span className={label.length > LONG_LABEL ? s.longLabel : undefined}>{label}</span>;
}
