/** Paired bootstrap of two systems that were each trained with several seeds. */
import type { MetricKey } from '../metric-table.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { differences, resampledMeans, welchDifference } from './resampled-means.js';
import { resamplingSettings, type ResamplingOptions } from './resampling-options.js';
import { comparableSystems, type SeededSystem } from './seeded-system.js';
import {
  differenceOf,
  percentileInterval,
  percentilePValue,
  standardDeviation,
  type Interval,
} from './spread.js';
import type { StudentResult } from './welch.js';

export interface TwoLevelBootstrap extends ResamplingRecord {
  readonly method: 'two-level-bootstrap';
  readonly baseline: { readonly name: string; readonly trainingSeeds: readonly number[] };
  readonly system: { readonly name: string; readonly trainingSeeds: readonly number[] };
  readonly metrics: readonly TwoLevelDifference[];
}

export interface TwoLevelDifference {
  readonly metric: MetricKey;
  readonly label: string;
  /** Means over trainings. */
  readonly baselineMean: number;
  readonly mean: number;
  /** mean - baselineMean */
  readonly difference: number;
  /** Would the difference of these very trainings hold on other images? */
  readonly images: LevelOfDifference;
  /** Would the difference hold for other trainings, on these very images? Null with one training. */
  readonly seeds: LevelOfDifference | null;
  /** Would the difference hold for other trainings on other images? Null with one training. */
  readonly both: LevelOfDifference | null;
  /** The question of `both`, answered with Student's t: see `welch`. */
  readonly bothByWelch: StudentResult | null;
}

export interface LevelOfDifference {
  readonly interval: Interval;
  readonly standardError: number;
  /** Two-sided, as in `pairedBootstrap`. */
  readonly p: number;
}

/**
 * Bootstrap over images, over training seeds, and over both. Images are drawn jointly for all runs;
 * the seeds of the two systems are drawn independently, since a training with seed 1 of one system
 * has nothing in common with that of another.
 *
 * The bootstrap knows few trainings badly: of nominal 95% intervals `seeds` covered 65, 86, 90 and 95%
 * of simulated differences with 2, 3, 5 and 10 trainings, and `both` 78, 90, 92 and 96%. Where the
 * interaction of seed and image is large, `both` counts it more than once and covered 99.8% and more.
 * Prefer `bothByWelch`, which covered 95 to 100% (`npm run simulate:coverage -w @capgrid/metrics`).
 *
 * @throws MetricInputError for invalid options, two runs with one training seed, and runs that do
 * not cover the same images with the same signatures.
 */
export function twoLevelBootstrap(
  baseline: SeededSystem,
  system: SeededSystem,
  options: ResamplingOptions = {},
): TwoLevelBootstrap {
  const settings = resamplingSettings(options);
  const systems = [baseline, system];
  const comparable = comparableSystems(systems, options.metrics);
  const [left = [], right = []] = resampledMeans(systems, comparable, settings, {
    drawsTrainings: true,
  });
  return {
    method: 'two-level-bootstrap',
    ...recordOf(settings, comparable.runs.images),
    baseline: nameAndSeeds(baseline),
    system: nameAndSeeds(system),
    metrics: comparable.metrics.flatMap((metric, index) => {
      const [from, to] = [left[index], right[index]];
      if (from === undefined || to === undefined) return [];
      const level = (a: Float64Array, b: Float64Array): LevelOfDifference =>
        levelOf(differences(a, b), settings.confidence);
      const [a, b] = [from.trainings, to.trainings];
      return [
        {
          ...metric,
          baselineMean: from.mean,
          mean: to.mean,
          difference: differenceOf(from.mean, to.mean),
          images: level(from.images, to.images),
          seeds: a && b && level(a.seeds, b.seeds),
          both: a && b && level(a.both, b.both),
          bothByWelch: welchDifference(from, to, comparable.runs.images, settings.confidence),
        },
      ];
    }),
  };
}

function levelOf(drawn: Float64Array, confidence: number): LevelOfDifference {
  return {
    interval: percentileInterval(drawn, confidence),
    standardError: standardDeviation(drawn),
    p: percentilePValue(drawn),
  };
}

function nameAndSeeds({ name, runs }: SeededSystem): TwoLevelBootstrap['system'] {
  return { name, trainingSeeds: runs.map(({ trainingSeed }) => trainingSeed) };
}
