import type { Point, TrainingSpec } from '@capgrid/contracts';

/**
 * Of how many checkpoints the weights are the mean: there are no more than validations.
 * @param points of the training so far
 */
export function averagedCheckpoints(
  { schedule, model }: TrainingSpec,
  points: readonly Point[],
): number {
  if (model.decoder === 'retrieval') return 1;
  const validations = points.filter(({ name }) => name === 'val/perplexity').length;
  return validations === 0
    ? schedule.averageCheckpoints
    : Math.min(schedule.averageCheckpoints, validations);
}
