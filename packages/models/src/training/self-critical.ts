/**
 * Self-critical sequence training (Rennie et al. 2017): the model draws captions, and the likelihood
 * of each rises or falls with what it earns more than a baseline:
 *
 *     loss = sum_{i,t} m_it (r_i - b_i) (-log p(w_it)) / sum_{i,t} m_it   (eq. 7 and 8 there)
 *
 * with the mask m at the words and the end mark of caption i and nothing after. The baseline is the
 * reward of the greedy caption (Rennie et al.), the mean of the other samples' (Luo 2020, "A Better
 * Variant of Self-Critical Sequence Training"), or that of all hypotheses of a beam, which are the
 * samples then (Cornia et al. 2020, "Meshed-Memory Transformer for Image Captioning"). The beam is the
 * last one whole: a hypothesis that was cut is a sample like one that has ended. There the sum is
 * divided as in the code of Cornia et al.: by n M for n captions of at most M = `selfCritical.maxWords`
 * words, end mark included, whose log-probabilities behind the end are 0.
 *
 * The gradient is that of the ordinary pass along given captions, here the drawn ones. Captions are
 * drawn without dropout and never contain pad or begin marks. The pass has dropout, so that where the
 * model has any the captions are those of another model (Rennie et al. draw with it); without
 * `selfCritical.dropout` it runs as validation does. A temperature changes which captions are drawn,
 * not their likelihood.
 */
import { tensor1d } from '@tensorflow/tfjs-core';
import type { TrainingSpec } from '@capgrid/contracts';
import type { Captioner } from '../captioner/captioner.js';
import { drawNoise } from '../captioner/noise.js';
import { chunks } from '../chunks.js';
import { sampleCaptions } from '../decoding/sample-captions.js';
import { elementOf } from '../element-of.js';
import { imageTensors, type FeatureSource } from '../features.js';
import type { Rng } from '../rng.js';
import { keeping, release } from '../tensor-scope.js';
import { layOut, type TrainingCaption } from './caption-batches.js';
import { captionsByImage, createCaptionReward } from './caption-reward.js';
import { greedyCiderD } from './greedy-cider-d.js';
import { groupRate } from './group-rates.js';
import { ofImages, searchBeams, type WrittenCaption } from './search-beams.js';
import { mean, meansOfImages, meansOfOthers, repeated } from './self-critical-baseline.js';
import { captionTensors } from './teacher-forcing.js';
import type { SampleRewards, TrainingPhase } from './training-phase.js';
import { validationOf } from './validation.js';

export interface SelfCriticalOptions {
  readonly spec: TrainingSpec;
  readonly model: Captioner;
  readonly vocabularySize: number;
  readonly train: readonly TrainingCaption[];
  readonly val: readonly TrainingCaption[];
  readonly features: FeatureSource;
  /** Words that no caption ends with; null: not counted. */
  readonly badEndings: ReadonlySet<number> | null;
}

/** A batch is a list of images. */
export function selfCritical(options: SelfCriticalOptions): TrainingPhase<number[]> {
  const { spec, model, vocabularySize, train, val, features, badEndings } = options;
  const settings = spec.schedule.selfCritical;
  const { maxWords } = settings;
  const reward = createCaptionReward(train, settings, vocabularySize);
  const trainImages = [...captionsByImage(train).keys()];
  const writer = { model, features, maxWords };

  return {
    learningRate: settings.learningRate,
    warmupSteps: 0,
    groupRate: (group, learningRate) => groupRate(spec, group, learningRate, null),
    rules: { factor: 1, patience: Number.POSITIVE_INFINITY, stopAfter: settings.stopAfter },
    // The rate never falls.
    atFall: { weights: 'keep', moments: 'keep' },
    maxEpochs: settings.epochs,
    maxSteps: settings.maxSteps,
    checkpointEvery: settings.checkpointEvery,
    settings: { labelSmoothing: 0, entropyWeight: settings.entropyWeight },
    batches: (rng) => {
      const order = [...trainImages];
      rng?.shuffle(order);
      return chunks(order, settings.batchImages);
    },
    prepare: async (imageIndices, { rng }) => {
      const started = performance.now();
      const { samples, greedy } = await drawSamples(imageIndices, rng('samples'));
      const drawn = performance.now();
      const captions = samples.flat();
      const rewards = reward.rewards(captions);
      const baselines = {
        greedy: () => repeated(reward.rewards(greedy), samples),
        'leave-one-out': () => meansOfOthers(rewards, samples),
        'beam-mean': () => meansOfImages(rewards, samples),
      }[settings.baseline]();
      const rewarded = performance.now();
      const batch = layOut(captions);
      const advantages = rewards.map((earned, i) => earned - elementOf(baselines, i));
      return {
        inputs: {
          ...captionTensors(batch, features, { sharing: true }),
          noise: settings.dropout ? drawNoise(model.noise, batch, features.regions, rng) : null,
          captionWeights: tensor1d(Float32Array.from(advantages)),
        },
        captions: batch.size,
        words: batch.words,
        divisor: settings.baseline === 'beam-mean' ? batch.size * maxWords : batch.words,
        rewards: {
          ...describe(samples, badEndings),
          reward: mean(rewards),
          baseline: mean(baselines),
          drawSeconds: (drawn - started) / 1000,
          rewardSeconds: (rewarded - drawn) / 1000,
        },
      };
    },
    validate: validationOf(options, greedyCiderD(writer, reward, val)),
  };

  /** By image: `samples` captions, and one greedy caption where the baseline needs it. */
  async function drawSamples(
    imageIndices: readonly number[],
    rng: Rng,
  ): Promise<{ samples: WrittenCaption[][]; greedy: WrittenCaption[] }> {
    const { samples: count, temperature, baseline } = settings;
    if (baseline === 'beam-mean') {
      return { samples: await searchBeams(writer, imageIndices, count), greedy: [] };
    }
    const withGreedy = baseline === 'greedy';
    const drawn = await draw(imageIndices, { samples: count, withGreedy, temperature, rng });
    return {
      samples: ofImages(imageIndices, drawn.samples),
      greedy: ofImages(imageIndices, drawn.greedy?.map((one) => [one]) ?? []).flat(),
    };
  }

  async function draw(
    imageIndices: readonly number[],
    how: Pick<
      Parameters<typeof sampleCaptions>[0],
      'samples' | 'withGreedy' | 'temperature' | 'rng'
    >,
  ) {
    const images = keeping(() => imageTensors(features, imageIndices));
    try {
      return await sampleCaptions({ captioner: model, images, maxWords, ...how });
    } finally {
      release(images);
    }
  }
}

function describe(
  samples: readonly (readonly WrittenCaption[])[],
  badEndings: ReadonlySet<number> | null,
): Pick<SampleRewards, 'distinctShare' | 'unfinishedShare' | 'badEndingShare'> {
  const all = samples.flat();
  const finished = all.filter(({ isFinished }) => isFinished);
  const bad = finished.filter(({ tokens }) => badEndings?.has(tokens.at(-1) ?? -1));
  const distinct = samples.map(
    (ofImage) => new Set(ofImage.map(({ tokens }) => tokens.join(' '))).size / ofImage.length,
  );
  return {
    distinctShare: mean(distinct),
    unfinishedShare: 1 - finished.length / all.length,
    badEndingShare:
      badEndings === null || finished.length === 0 ? null : bad.length / finished.length,
  };
}
