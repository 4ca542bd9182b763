/** Where the variance of a score comes from: the images it was measured on, or the training seed. */
import type { MetricKey } from '../metric-table.js';
import { bootstrapScores } from './bootstrap-scores.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { resamplingSettings, type ResamplingOptions } from './resampling-options.js';
import { scoreOf } from './scored-run.js';
import { comparableSystems, type SeededSystem } from './seeded-system.js';
import { covariance, meanOf, variance } from './spread.js';

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
  const { runs, metrics, indexOf } = comparableSystems([system], options.metrics);
  const all = runs.statistics.flat();
  const resampled = all.map(() => new Float64Array(settings.resamples));
  bootstrapScores(runs, settings, (resample, scores) => {
    for (const [index, values] of resampled.entries()) values[resample] = scores[index] ?? NaN;
  });
  const { confidence: _, ...record } = recordOf(settings, runs.images);
  return {
    method: 'variance-components',
    ...record,
    name: system.name,
    trainingSeeds: system.runs.map(({ trainingSeed }) => trainingSeed),
    metrics: metrics.map((metric, column) => {
      const places = system.runs.map((__, run) => indexOf(0, run, column));
      const scores = places.flatMap((place) => all.slice(place, place + 1).map(scoreOf));
      const ofRuns = places.flatMap((place) => resampled.slice(place, place + 1));
      return { ...metric, scores, mean: meanOf(scores), ...componentsOf(scores, ofRuns) };
    }),
  };
}

function componentsOf(
  scores: readonly number[],
  resampled: readonly Float64Array[],
): Omit<ScoreVariance, 'metric' | 'label' | 'scores' | 'mean'> {
  const withinSeed = meanOf(resampled.map(variance));
  if (resampled.length < 2) {
    return {
      withinSeed,
      betweenSeeds: null,
      interaction: null,
      total: null,
      standardErrors: { images: Math.sqrt(withinSeed), seeds: null, both: null },
    };
  }
  // a training equal to another has no interaction; estimates below 0 are sampling and rounding
  const imagesAlone = Math.max(
    0,
    meanOf(resampled.flatMap((a, run) => resampled.slice(run + 1).map((b) => covariance(a, b)))),
  );
  const interaction = Math.max(0, withinSeed - imagesAlone);
  const betweenSeeds = variance(scores);
  const seedsAlone = Math.max(0, betweenSeeds - interaction);
  const trainings = resampled.length;
  return {
    withinSeed,
    betweenSeeds,
    interaction,
    total: withinSeed + seedsAlone,
    standardErrors: {
      images: Math.sqrt(imagesAlone + interaction / trainings),
      seeds: Math.sqrt(betweenSeeds / trainings),
      both: Math.sqrt(imagesAlone + (interaction + seedsAlone) / trainings),
    },
  };
}
