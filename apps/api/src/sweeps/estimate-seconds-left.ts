/** How long a sweep will still take, from what is known of its tasks. Pure. */
import { TASK_KINDS, type TaskKind } from '@capgrid/contracts';

export type KindTally = {
  kind: TaskKind;
  /** Waiting or queued. */
  pending: number;
  /** Mean duration of finished tasks; null while none has finished. */
  meanSeconds: number | null;
};

export type RunningTask = {
  kind: TaskKind;
  elapsedSeconds: number;
  /** The trainer's own estimate. */
  secondsLeft: number | null;
};

/** Seconds until the last task ends if as many run at once as now; null while nothing is known. */
export function estimateSecondsLeft(
  tallies: readonly KindTally[],
  running: readonly RunningTask[],
): number | null {
  let work = 0;
  let isGuess = false;
  for (const kind of TASK_KINDS) {
    const tally = tallies.find((candidate) => candidate.kind === kind);
    const ofKind = running.filter((task) => task.kind === kind);
    const pending = tally?.pending ?? 0;
    if (pending === 0 && ofKind.length === 0) continue;
    const expected = tally?.meanSeconds ?? meanExpected(ofKind);
    // Evaluations and features are short beside a training, so only unknown trainings hide the end.
    if (expected === null && kind === 'training') return null;
    isGuess ||= expected === null;
    work += pending * (expected ?? 0);
    for (const task of ofKind) {
      work += task.secondsLeft ?? Math.max(0, (expected ?? 0) - task.elapsedSeconds);
    }
  }
  if (work === 0 && isGuess) return null;
  return Math.round(work / Math.max(1, running.length));
}

/** From running tasks that estimate their own end. */
function meanExpected(running: readonly RunningTask[]): number | null {
  const totals = running.flatMap((task) =>
    task.secondsLeft === null ? [] : [task.elapsedSeconds + task.secondsLeft],
  );
  if (totals.length === 0) return null;
  return totals.reduce((sum, total) => sum + total, 0) / totals.length;
}
