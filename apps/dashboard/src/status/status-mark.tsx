/** A status as an icon and a word; the colour only helps. */
import type { AttemptStatus, SweepStatus, TaskStatus, TrialStatus } from '@capgrid/contracts';
import s from './status.module.css';

export type Status = AttemptStatus | SweepStatus | TaskStatus | TrialStatus;

type Look = {
  word: string;
  shape: 'open' | 'half' | 'tick' | 'cross' | 'bar';
  tone: string | undefined;
};

const LOOKS: Record<Status, Look> = {
  waiting: { word: 'waiting', shape: 'open', tone: s.quiet },
  queued: { word: 'queued', shape: 'open', tone: s.quiet },
  running: { word: 'running', shape: 'half', tone: s.active },
  extracting: { word: 'extracting features', shape: 'half', tone: s.active },
  training: { word: 'training', shape: 'half', tone: s.active },
  evaluating: { word: 'evaluating', shape: 'half', tone: s.active },
  finished: { word: 'finished', shape: 'tick', tone: s.good },
  'finished-with-failures': { word: 'finished, some failed', shape: 'cross', tone: s.bad },
  failed: { word: 'failed', shape: 'cross', tone: s.bad },
  lost: { word: 'lost', shape: 'cross', tone: s.bad },
  cancelled: { word: 'cancelled', shape: 'bar', tone: s.quiet },
};

export function StatusMark({ status, note }: { status: Status; note?: string }) {
  const { word, shape, tone } = LOOKS[status];
  return (
    <span className={`${s.mark} ${tone ?? ''}`} title={note}>
      <Icon shape={shape} />
      {word}
    </span>
  );
}

function Icon({ shape }: { shape: Look['shape'] }) {
  return (
    <svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true" className={s.icon}>
      <circle cx="7" cy="7" r="5.75" className={s.ring} />
      {shape === 'half' && <path d="M7 1.25a5.75 5.75 0 0 1 0 11.5z" className={s.fill} />}
      {shape === 'tick' && <path d="m4.2 7.2 2 2 3.6-4.2" className={s.stroke} />}
      {shape === 'cross' && <path d="m4.8 4.8 4.4 4.4m0-4.4L4.8 9.2" className={s.stroke} />}
      {shape === 'bar' && <path d="M4.2 7h5.6" className={s.stroke} />}
    </svg>
  );
}
