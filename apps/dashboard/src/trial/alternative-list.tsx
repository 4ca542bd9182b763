import type { Prediction } from '@capgrid/contracts';
import { countOf, formatFixed } from '../numbers/format-number';
import s from './captions.module.css';

type Written = Pick<Prediction, 'caption' | 'logProb' | 'isFinished'>;

/** The captions behind the first, with what the model gives each. Closed, for there may be many. */
export function AlternativeList({ alternatives }: Pick<Prediction, 'alternatives'>) {
  return (
    <details className={s.alternatives}>
      <summary>{countOf(alternatives.length, 'alternative')}</summary>
      <ol start={2} aria-label="Alternatives, best first">
        {alternatives.map((alternative, index) => (
          <li key={`${index} ${alternative.caption}`}>
            {alternative.caption === '' ? '(empty caption)' : alternative.caption}
            {!alternative.isFinished && ' (cut at the longest length)'}
            <span className={s.likelihood}> log-probability {showLogProb(alternative)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** `−3.20, −0.40 a word`: the sum, and its mean over the words and the end mark. */
export function showLogProb({ caption, logProb, isFinished }: Written): string {
  if (logProb === null) return 'none';
  const words = caption.split(' ').filter((word) => word !== '').length;
  const mean = logProb / Math.max(1, words + (isFinished ? 1 : 0));
  return `${formatFixed(logProb, 2)}, ${formatFixed(mean, 2)} a word`;
}
