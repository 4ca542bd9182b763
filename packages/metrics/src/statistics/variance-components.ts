/** Where the variance of a score comes from: the images it was measured on, or the training seed. */
import type { MetricKey } from '../metric-table.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { imagesVariance, resampledMeans, type ResampledMean } from './resampled-means.js';
import { resamplingSettings, type ResamplingOptions } from './resampling-options.js';
import { comparableSystems, type SeededSystem } from './seeded-system.js';
import { bothLevelsVariance } from './welch.js';

export interface VarianceComponents extends Omit<ResamplingRecord, 'confidence'> {
  readonly method: 'variance-components';
  readonly name: string;
  readonly trainingSeeds: readonly number[];
  readonly metrics: readonly ScoreVariance[];
}

/** Variances are squares of the score's unit. With one training, what needs two is null. */
export interface ScoreVariance {
  readonly metric: MetricKey;
  readonly label: string;
  /** Per training, in the order of `trainingSeeds`. */
  readonly scores: readonly number[];
  readonly mean: number;
  /** Of one given training's score over other images: bootstrap, mean over the trainings. */
  readonly withinSeed: number;
  /** Of the score over other trainings, on these very images: sample variance of `scores`. */
  readonly betweenSeeds: number | null;
  /**
   * The part of both that belongs neither to the seed nor to the images alone: a training does
   * better on some images and worse on others. It is in `withinSeed` and in `betweenSeeds`.
   */
  readonly interaction: number | null;
  /** Of the score of another training on other images: each part once. */
  readonly total: number | null;
  readonly standardErrors: StandardErrors;
}

/** Of the mean over trainings. */
export interface StandardErrors {
  /** These trainings on other images. */
  readonly images: number;
  /** Other trainings on these images. */
  readonly seeds: number | null;
  /** Other trainings on other images. */
  readonly both: number | null;
}

/**
 * Splits the variance of a system's scores as a crossed design with random seeds and random images:
 * score = mean + seed + images + interaction (Searle, Casella and McCulloch 1992, ch. 4). All
 * trainings are scored in the same resamples, so the mean covariance of two trainings is the part of
 * the images alone. With S trainings `betweenSeeds` has S - 1 degrees of freedom: for S = 3 the true
 * value lies between 0.27 and 39 times the estimate (95%, normal scores).
 *
 * @throws MetricInputError for invalid options, two runs with one training seed, and runs that do
 * not cover the same images with the same signatures.
 */
export function varianceComponents(
  system: SeededSystem,
  options: Omit<ResamplingOptions, 'confidence'> = {},
): VarianceComponents {
  const settings = resamplingSettings(options);
  const comparable = comparableSystems([system], options.metrics);
  const [means = []] = resampledMeans([system], comparable, settings);
  const { confidence: _, ...record } = recordOf(settings, comparable.runs.images);
  return {
    method: 'variance-components',
    ...record,
    name: system.name,
    trainingSeeds: system.runs.map(({ trainingSeed }) => trainingSeed),
    metrics: comparable.metrics.flatMap((metric, column) => {
      const ofMetric = means[column];
      return ofMetric === undefined ? [] : [{ ...metric, ...componentsOf(ofMetric) }];
    }),
  };
}

function componentsOf(of: ResampledMean): Omit<ScoreVariance, 'metric' | 'label'> {
  const { scores, mean, withinSeed, spread } = of;
  const total = spread && withinSeed + Math.max(0, spread.betweenSeeds - spread.interaction);
  return {
    scores,
    mean,
    withinSeed,
    betweenSeeds: spread?.betweenSeeds ?? null,
    interaction: spread?.interaction ?? null,
    total,
    standardErrors: standardErrorsOf(of),
  };
}

/** From the resamples that also give the interval of the mean. */
export function standardErrorsOf(of: ResampledMean): StandardErrors {
  const { spread } = of;
  const ofImages = imagesVariance(of);
  return {
    images: Math.sqrt(ofImages),
    seeds: spread && Math.sqrt(spread.betweenSeeds / spread.trainings),
    both: spread && Math.sqrt(bothLevelsVariance(ofImages, spread)),
  };
}
