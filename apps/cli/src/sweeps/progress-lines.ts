/** What a running sweep shows in a terminal, as text. Pure. */
import type { Progress, SweepProgress } from '@capgrid/contracts';
import { printable } from '../table/printable.js';

const BAR_CHARACTERS = 24;

type RunningTask = SweepProgress['running'][number];

/** For a terminal: a bar and a line for each running task. */
export function progressLines(progress: SweepProgress, hasUnicode: boolean): string[] {
  const { trials } = progress;
  const filled =
    trials.total === 0 ? 0 : Math.floor((BAR_CHARACTERS * trials.finished) / trials.total);
  const [full, empty] = hasUnicode ? ['█', '░'] : ['#', '.'];
  const bar = full.repeat(filled) + empty.repeat(BAR_CHARACTERS - filled);
  return [
    `${bar}  ${progressSummary(progress)}`,
    ...progress.running.map((task) => `  ${taskText(task)}`),
  ];
}

/** For a log: everything on one line. */
export function progressLine(progress: SweepProgress): string {
  return [progressSummary(progress), ...progress.running.map(taskText)].join(' | ');
}

/** The counts alone. */
export function progressSummary({ status, trials, trainings, secondsLeft }: SweepProgress): string {
  const timeLeft =
    secondsLeft === null ? 'time left not known yet' : `about ${showDuration(secondsLeft)} left`;
  const parts = [
    `${trials.finished} of ${trials.total} trials`,
    `${trainings.finished} of ${trainings.total} trainings`,
    ...(trials.failed > 0 ? [`${trials.failed} failed`] : []),
    ...(trials.cancelled > 0 ? [`${trials.cancelled} cancelled`] : []),
    ...(status === 'running' ? [timeLeft] : []),
  ];
  return parts.join(', ');
}

const PHASES: Record<Progress['phase'], string> = {
  encoder: 'training the encoder',
  features: 'extracting features',
  train: 'training',
  validate: 'validating',
  decode: 'decoding',
  score: 'scoring',
};
const KINDS: Record<RunningTask['kind'], string> = {
  features: 'extracting features',
  training: 'training',
  evaluation: 'evaluating',
};

function taskText({ kind, label, progress }: RunningTask): string {
  // There is one set of features for all trials, so its phase says enough.
  const which = kind === 'features' ? '' : `: ${printable(label)}`;
  if (progress === null) return KINDS[kind] + which;
  const { phase, done, total, loss } = progress;
  const count = total === 0 ? '' : ` ${Math.floor(done)}/${Math.floor(total)}`;
  return `${PHASES[phase]}${which}${count}${loss === null ? '' : `, loss ${loss.toFixed(3)}`}`;
}

/** `40 s`, `3 min`, `2 h 5 min`. */
export function showDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
