/**
 * What can change the weights of a captioning model, and nothing else. `trainingKey` hashes this
 * value together with the digests of the dataset and the encoder; two trials with the same value
 * share one training.
 */
import { z } from 'zod';
import { EncoderSpec, trainedLayersOf } from './encoder-spec.js';
import { ModelSpec } from './model/model-spec.js';
import { ScheduleSpec } from './schedule-spec.js';

/** Adam divides by 1 - beta^t: 1 would divide by zero. */
const Beta = z.number().min(0).lt(1);

export const OptimizerSpec = z
  .strictObject({
    kind: z.literal('adam').default('adam'),
    learningRate: z.number().gt(0).max(1).default(0.0003),
    beta1: Beta.default(0.9),
    beta2: Beta.default(0.999),
    /** Weights are float32, in which the least numbers are 0. */
    epsilon: z.number().min(1e-30).default(1e-8),
    /**
     * Times each trained weight, added to its gradient before clipping (L2, not decoupled as in
     * AdamW); also of biases, not of weights that are frozen or still wait.
     */
    weightDecay: z.number().min(0).max(1).default(0),
    /** `element` clamps each gradient to ±value, `norm` rescales by the global norm. */
    clip: z
      .strictObject({
        kind: z.enum(['none', 'element', 'norm']).default('element'),
        value: z.number().gt(0).default(1),
      })
      .prefault({}),
  })
  .meta({ id: 'OptimizerSpec' });
export type OptimizerSpec = z.infer<typeof OptimizerSpec>;

export const DataSpec = z
  .strictObject({
    /** Words rarer than this in the training split become <unk>. */
    minCount: z.int().min(1).default(1),
    /**
     * Longer captions are left out, in words: those of training, and those that a training is validated
     * with, so that perplexities under different bounds are of different captions. Scores are not: an
     * evaluation has all references.
     */
    maxWords: z.int().min(1).max(200).default(60),
    /** Use only this many images, spread over the splits in proportion; null = all. */
    limit: z.int().min(3).nullable().default(null),
  })
  .meta({ id: 'DataSpec' });
export type DataSpec = z.infer<typeof DataSpec>;

export const TrainingSpec = z
  .strictObject({
    /** Name of an imported dataset. */
    dataset: z.string().min(1),
    encoder: EncoderSpec,
    data: DataSpec.prefault({}),
    model: ModelSpec.prefault({}),
    optimizer: OptimizerSpec.prefault({}),
    schedule: ScheduleSpec.prefault({}),
    seed: z.int().min(0).default(1),
  })
  .superRefine(({ encoder, model }, context) => {
    if (model.decoder !== 'retrieval' || trainedLayersOf(encoder) === 0) return;
    context.addIssue({
      code: 'custom',
      path: ['encoder', 'fineTune', 'layers'],
      input: trainedLayersOf(encoder),
      message: 'retrieval learns nothing; give 0 layers',
    });
  })
  .meta({ id: 'TrainingSpec' });
export type TrainingSpec = z.infer<typeof TrainingSpec>;

/**
 * The training by cross-entropy that a self-critical one starts from: it is a training of its own,
 * with the same key as where nothing follows. Null where the spec is such a training already.
 */
export function crossEntropySpec(spec: TrainingSpec): TrainingSpec | null {
  const { schedule, model } = spec;
  if (schedule.selfCritical.epochs === 0 || model.decoder === 'retrieval') return null;
  const selfCritical = ScheduleSpec.shape.selfCritical.parse({});
  return { ...spec, schedule: { ...schedule, selfCritical } };
}
