/** A registered encoder at work: images to features, or to where its trained layers begin. */
import {
  cutEncoder,
  trainedLayersOf,
  type EncoderSpec,
  type FeaturesWork,
} from '@capgrid/contracts';
import { decodeImages } from '@capgrid/data';
import { createPlanEncoder, engineRecord } from '@capgrid/models';
import type { ImageEncoder } from './image-encoder.js';
import { readPlan } from './read-plan.js';
import type { TaskContext } from './run-task.js';
import { startTaskEngine } from './start-task-engine.js';

export async function loadPlan(
  spec: Extract<EncoderSpec, { kind: 'plan' }>,
  files: FeaturesWork['plan'],
  context: TaskContext,
): Promise<ImageEncoder> {
  const { plan, weights, weightsSha256 } = await readPlan(spec.name, files, context);
  const engine = await startTaskEngine(context);
  const encoder = createPlanEncoder(engine, plan, weights, cutEncoder(plan, trainedLayersOf(spec)));
  // Height and width are equal (`findPlanFault`).
  const [size] = encoder.inputSize;
  return {
    regions: encoder.regions,
    channels: encoder.channels,
    counts: null,
    sha256: weightsSha256,
    engine: engineRecord(engine),
    encode: async (images) => encoder.encode(await decodeImages(context.store, images, size)),
  };
}
