/** Why a page has no curves, captions or attempts to show, and whether they will come. */
import type { Attempt, Evaluation, Training, Trial } from '@capgrid/contracts';

export function whyNoCurves(
  { taskId, status }: Pick<Training, 'taskId' | 'status'>,
  attempts: readonly Attempt[],
): string {
  switch (status) {
    case 'failed': {
      const last = attempts.filter((one) => one.taskId === taskId && one.failure !== null).at(-1);
      return last === undefined
        ? 'There are no curves: what the training needs has failed, so it never began.'
        : `There are no curves: the training failed before its first losses (${last.failure?.code}).`;
    }
    case 'cancelled':
      return 'There are no curves: the training was cancelled before its first losses.';
    case 'finished':
      return 'There are no curves: no losses of this training were kept.';
    case 'waiting':
    case 'queued':
    case 'running':
      return 'No losses yet; the curves appear with the first ones.';
  }
}

export function whyNoCaptions(status: Evaluation['status']): string {
  switch (status) {
    case 'failed':
      return 'There are no captions: this trial has failed. The reason is at the top of this page.';
    case 'cancelled':
      return 'There are no captions: this trial was cancelled. Retry its sweep to go on with it.';
    default:
      return 'The captions appear here once the evaluation of this trial has finished.';
  }
}

export function whyNoAttempts(status: Trial['status']): string {
  switch (status) {
    case 'finished':
      return 'None: the trial has finished without one.';
    case 'failed':
      return 'None: the trial has failed without one.';
    case 'cancelled':
      return 'None: the trial was cancelled before a trainer took it.';
    default:
      return 'None yet; the trial waits for a trainer.';
  }
}
