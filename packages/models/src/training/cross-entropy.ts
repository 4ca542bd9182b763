/** Training by cross-entropy: human captions, with label smoothing and scheduled sampling. */
import type { TrainingSpec } from '@capgrid/contracts';
import type { Captioner } from '../captioner/captioner.js';
import { drawNoise } from '../captioner/noise.js';
import type { FeatureSource } from '../features.js';
import { release } from '../tensor-scope.js';
import { captionBatches, layOut, type TrainingCaption } from './caption-batches.js';
import { groupRate } from './group-rates.js';
import { mixInputs, samplingProbability } from './scheduled-sampling.js';
import { captionTensors } from './teacher-forcing.js';
import type { TrainingPhase } from './training-phase.js';
import { validateCaptions } from './validation.js';

export interface CrossEntropyOptions {
  readonly spec: TrainingSpec;
  readonly model: Captioner;
  readonly train: readonly TrainingCaption[];
  readonly val: readonly TrainingCaption[];
  readonly features: FeatureSource;
}

export function crossEntropy({
  spec,
  model,
  train,
  val,
  features,
}: CrossEntropyOptions): TrainingPhase<TrainingCaption[]> {
  const { schedule, optimizer } = spec;
  const validationBatches = captionBatches(val, schedule, null);
  return {
    learningRate: optimizer.learningRate,
    warmupSteps: schedule.warmupSteps,
    groupRate: (group, learningRate, { step }) => groupRate(spec, group, learningRate, step),
    rules: { ...schedule.plateau, stopAfter: schedule.stopAfter },
    atFall: schedule.plateau,
    maxEpochs: schedule.maxEpochs,
    maxSteps: schedule.maxSteps,
    checkpointEvery: schedule.checkpointEvery,
    settings: { labelSmoothing: schedule.labelSmoothing, entropyWeight: 0 },
    batches: (rng) => captionBatches(train, schedule, rng),
    prepare: async (captions, { epoch, rng }) => {
      const batch = layOut(captions);
      const given = captionTensors(batch, features);
      const probability = samplingProbability(schedule.scheduledSampling, epoch);
      const inputs =
        probability === 0
          ? given.inputs
          : mixInputs(model, batch, given, probability, rng('scheduled sampling'));
      if (inputs !== given.inputs) release([given.inputs]);
      const divisor = schedule.lossNormalisation === 'words' ? batch.words : batch.size;
      return {
        inputs: {
          ...given,
          inputs,
          noise: drawNoise(model.noise, batch, features.regions, rng),
          captionWeights: null,
        },
        captions: batch.size,
        words: batch.words,
        divisor,
        rewards: null,
      };
    },
    validate: (step, beforeEach) =>
      validateCaptions(model, validationBatches, features, step, beforeEach),
  };
}
