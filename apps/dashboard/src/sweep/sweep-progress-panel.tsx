import type { SweepProgress } from '@capgrid/contracts';
import type { Connection } from '../api-access/event-stream';
import { describeTrials, ProgressBar } from '../feedback/progress-bar';
import { countOf, formatCount, formatMeasure } from '../numbers/format-number';
import { formatEstimate } from '../numbers/format-time';
import { describeProgress } from '../status/phase-words';
import s from './sweep.module.css';

type SweepProgressPanelProps = { progress: SweepProgress; connection: Connection };

export function SweepProgressPanel({ progress, connection }: SweepProgressPanelProps) {
  const { trials, trainings, running, secondsLeft } = progress;
  const isRunning = progress.status === 'running';
  return (
    <section aria-label="Progress" className={s.progress}>
      <ProgressBar trials={trials} />
      <p className={s.progressLine}>
        <span data-testid="counts">{describeTrials(trials)}</span>
        <span>
          {formatCount(trainings.finished)} of {countOf(trainings.total, 'training')} finished
          {trainings.reused > 0 && `, ${formatCount(trainings.reused)} reused`}
        </span>
        {isRunning && (
          <span>
            {secondsLeft === null
              ? 'time left not known yet'
              : `${formatEstimate(secondsLeft)} left`}
          </span>
        )}
        {isRunning && connection === 'lost' && (
          <span className={s.lost} role="status">
            Live updates interrupted; connecting again
          </span>
        )}
      </p>
      {running.length > 0 && <RunningTasks running={running} />}
    </section>
  );
}

function RunningTasks({ running }: Pick<SweepProgress, 'running'>) {
  return (
    <ul className={s.running} aria-label="Running now">
      {running.map(({ taskId, label, progress }) => (
        <li key={taskId}>
          <span className={s.taskLabel}>{label}</span>
          <span className={s.taskState}>
            {describeProgress(progress)}
            {progress !== null && progress.secondsLeft !== null && (
              <>, {formatEstimate(progress.secondsLeft)} left</>
            )}
          </span>
          <progress
            value={progress?.done ?? 0}
            max={Math.max(1, progress?.total ?? 1)}
            aria-label={`${label}, ${formatMeasure(shareOf(progress))} % of the current phase`}
          />
        </li>
      ))}
    </ul>
  );
}

/** In per cent, whole. */
function shareOf(progress: SweepProgress['running'][number]['progress']): number {
  if (progress === null || progress.total === 0) return 0;
  return Math.round((100 * progress.done) / progress.total);
}
