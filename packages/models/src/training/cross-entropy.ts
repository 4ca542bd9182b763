/**
 * Training by cross-entropy: human captions, with label smoothing and scheduled sampling. It goes by
 * the perplexity of held-out captions or by CIDEr-D (`schedule.metric`).
 */
import type { TrainingSpec } from '@capgrid/contracts';
import type { Captioner } from '../captioner/captioner.js';
import { drawNoise } from '../captioner/noise.js';
import type { FeatureSource } from '../features.js';
import { release } from '../tensor-scope.js';
import { captionBatches, layOut, type TrainingCaption } from './caption-batches.js';
import { assertEnoughForCiderD, captionsByImage, createCaptionReward } from './caption-reward.js';
import { greedyCiderD } from './greedy-cider-d.js';
import { groupRate } from './group-rates.js';
import { mixInputs, samplingProbability } from './scheduled-sampling.js';
import { captionTensors } from './teacher-forcing.js';
import type { TrainingPhase } from './training-phase.js';
import { validationOf } from './validation.js';

export interface CrossEntropyOptions {
  readonly spec: TrainingSpec;
  readonly model: Captioner;
  readonly vocabularySize: number;
  readonly train: readonly TrainingCaption[];
  readonly val: readonly TrainingCaption[];
  readonly features: FeatureSource;
}

export function crossEntropy(options: CrossEntropyOptions): TrainingPhase<TrainingCaption[]> {
  const { spec, model, train, features } = options;
  const { schedule, optimizer } = spec;
  const ciderDOfVal = schedule.metric === 'cider-d' ? ciderDOf(options) : null;
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
    validate: validationOf(options, ciderDOfVal),
  };
}

/** With the document frequencies of the training captions, the end mark a word, as in the reward. */
function ciderDOf({ spec, model, vocabularySize, train, val, features }: CrossEntropyOptions) {
  assertEnoughForCiderD(
    captionsByImage(train).size,
    'schedule.metric is cider-d',
    'set schedule.metric to perplexity',
  );
  const weights = { ciderDWeight: 1, bleu4Weight: 0, appendEnd: true };
  const reward = createCaptionReward(train, weights, vocabularySize);
  return greedyCiderD({ model, features, maxWords: spec.data.maxWords }, reward, val);
}
