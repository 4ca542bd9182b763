/** What turns images into features. */
import { z } from 'zod';

/** The small convolutional net trained on the attributes of the synthetic scenes. */
const ScenesCnnEncoder = z.strictObject({
  kind: z.literal('scenes-cnn'),
  /** Channels of the feature map, i.e. the width of one region. */
  channels: z.int().min(8).max(2048).default(64),
  epochs: z.int().min(1).max(100).default(6),
  seed: z.int().min(0).default(1),
});

/** Training of the last layers of an encoder together with the decoder. */
const FineTuneSpec = z.strictObject({
  /** Convolutions before the feature map that are trained; 0: none, the encoder stays as it is. */
  layers: z.int().min(0).max(10_000).default(0),
  /** Of these layers, constant. */
  learningRate: z.number().gt(0).max(1).default(1e-5),
  /** Updates of the decoder alone before, fewer than `schedule.maxSteps`. */
  afterStep: z.int().min(0).default(0),
  /** `random`: the layers start anew, as for joint training without pretraining. */
  init: z.enum(['pretrained', 'random']).default('pretrained'),
});

/** A registered layer plan with safetensors weights, for example a MobileNet. */
const PlanEncoder = z.strictObject({
  kind: z.literal('plan'),
  /** Name under which `capgrid encoder add` registered the plan. */
  name: z.string().min(1),
  fineTune: FineTuneSpec.prefault({}),
});

/** Registered features that another program computed, for example the regions of a detector. */
const FeaturesEncoder = z.strictObject({
  kind: z.literal('features'),
  /** Name under which `capgrid encoder add` registered the file. */
  name: z.string().min(1),
});

export const EncoderSpec = z
  .discriminatedUnion('kind', [ScenesCnnEncoder, PlanEncoder, FeaturesEncoder], {
    error: ({ input }) =>
      input === undefined
        ? 'expected an object with kind "scenes-cnn", "plan" or "features", e.g. { kind: scenes-cnn }'
        : undefined,
  })
  .meta({ id: 'EncoderSpec' });
export type EncoderSpec = z.infer<typeof EncoderSpec>;

/** Convolutions of the encoder that a training changes. */
export function trainedLayersOf(encoder: EncoderSpec): number {
  return encoder.kind === 'plan' ? encoder.fineTune.layers : 0;
}

/** The part that changes the features; how the layers behind them are trained does not. */
export function encoderOfFeatures(encoder: EncoderSpec): object {
  if (encoder.kind !== 'plan') return encoder;
  const { kind, name, fineTune } = encoder;
  return fineTune.layers === 0
    ? { kind, name }
    : { kind, name, fineTune: { layers: fineTune.layers } };
}

/** The part that changes a training. Without trained layers nothing of `fineTune` is read. */
export function encoderOfTraining(encoder: EncoderSpec): object {
  return trainedLayersOf(encoder) === 0 ? encoderOfFeatures(encoder) : encoder;
}
