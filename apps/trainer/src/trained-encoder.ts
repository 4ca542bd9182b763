/** The layers of a registered encoder that are trained with the decoder. */
import { cutEncoder, trainedLayersOf, type EncoderSpec, type PlanFiles } from '@capgrid/contracts';
import { trainedLayers, type TrainedLayers } from '@capgrid/models';
import { readPlan } from './read-plan.js';
import type { TaskContext } from './run-task.js';

/** @returns null where the encoder stays as it is */
export async function loadTrainedLayers(
  encoder: EncoderSpec,
  files: PlanFiles | null,
  context: TaskContext,
): Promise<TrainedLayers | null> {
  if (encoder.kind !== 'plan' || trainedLayersOf(encoder) === 0) return null;
  const { plan, weights } = await readPlan(encoder.name, files, context);
  const { layers, init } = encoder.fineTune;
  return trainedLayers(plan, weights, cutEncoder(plan, layers), init);
}
