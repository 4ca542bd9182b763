/** Learning rates of the groups of weights: trained layers of the encoder have their own. */
import type { EncoderSpec } from '@capgrid/contracts';
import type { ParameterGroup } from '../parameters.js';

/**
 * @param learningRate of the decoder at this update
 * @param step of the update, from 1; null where all groups are trained from the first one, as in a
 * training that starts from the weights of another
 */
export function groupRate(
  encoder: EncoderSpec,
  group: ParameterGroup,
  learningRate: number,
  step: number | null,
): number {
  if (group !== 'encoder' || encoder.kind !== 'plan') return learningRate;
  const { afterStep, learningRate: own } = encoder.fineTune;
  return step === null || step > afterStep ? own : 0;
}
