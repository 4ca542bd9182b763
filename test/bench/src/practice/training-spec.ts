/** Trainings on the practice set. */
import { TrainingSpec } from '@capgrid/contracts';
import { specOf, type ModelName } from '../captioning/models.js';
import type { Sizes } from '../captioning/sizes.js';

/** Few: enough for captions that end and differ between images. */
const STEPS = 120;
const BATCH_SIZE = 16;

export function practiceSpec(
  model: ModelName,
  sizes: Sizes,
  schedule: object = { batchSize: BATCH_SIZE, maxSteps: STEPS, checkpointEvery: STEPS },
): TrainingSpec {
  return TrainingSpec.parse({
    dataset: 'practice',
    encoder: { kind: 'scenes-cnn' },
    data: { maxWords: sizes.maxWords },
    model: specOf(model, sizes),
    // Higher than in papers: the set is easy and the time short.
    optimizer: { learningRate: sizes.hidden < 100 ? 1e-2 : 1e-3 },
    schedule,
  });
}
