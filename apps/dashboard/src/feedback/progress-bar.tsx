import type { SweepProgress } from '@capgrid/contracts';
import { countOf, formatCount } from '../numbers/format-number';
import s from './progress-bar.module.css';

/** How many trials are done; the same in words beside it. */
export function ProgressBar({ trials }: { trials: SweepProgress['trials'] }) {
  const ended = trials.finished + trials.failed + trials.cancelled;
  const share = (count: number) => `${(100 * count) / Math.max(1, trials.total)}%`;
  return (
    <div
      role="progressbar"
      aria-label="Trials done"
      aria-valuemin={0}
      aria-valuemax={trials.total}
      aria-valuenow={ended}
      aria-valuetext={describeTrials(trials)}
      className={s.bar}
    >
      <span className={s.finished} style={{ width: share(trials.finished) }} />
      <span className={s.failed} style={{ width: share(trials.failed) }} />
      <span className={s.running} style={{ width: share(trials.running) }} />
    </div>
  );
}

/** `18 of 24 trials finished, 1 failed, 2 running, 3 queued` */
export function describeTrials(trials: SweepProgress['trials']): string {
  const parts = [
    { count: trials.failed, word: 'failed' },
    { count: trials.cancelled, word: 'cancelled' },
    { count: trials.running, word: 'running' },
    { count: trials.queued, word: 'queued' },
  ].filter(({ count }) => count > 0);
  return [
    `${formatCount(trials.finished)} of ${countOf(trials.total, 'trial')} finished`,
    ...parts.map(({ count, word }) => `${formatCount(count)} ${word}`),
  ].join(', ');
}
