/** Learning rates of the groups of weights: those that come from elsewhere may wait or stay as they are. */
import type { TrainingSpec } from '@capgrid/contracts';
import type { ParameterGroup } from '../parameters.js';

/**
 * @param learningRate of the decoder at this update
 * @param step of the update, from 1; null where no group waits any more, as in a training that
 * starts from the weights of another
 */
export function groupRate(
  { encoder, model }: Pick<TrainingSpec, 'encoder' | 'model'>,
  group: ParameterGroup,
  learningRate: number,
  step: number | null,
): number {
  const isAfter = (updates: number): boolean => step === null || step > updates;
  if (group === 'encoder' && encoder.kind === 'plan') {
    return isAfter(encoder.fineTune.afterStep) ? encoder.fineTune.learningRate : 0;
  }
  if (group === 'vectors' && model.decoder !== 'retrieval') {
    const { trainFrom } = model.vectors;
    return trainFrom !== null && isAfter(trainFrom) ? learningRate : 0;
  }
  return learningRate;
}
