/**
 * Means over a system's trainings when images, trainings or both are resampled. Images are drawn
 * jointly for all trainings of all systems; the trainings of a system are drawn on their own.
 *
 * Of S trainings S - 1 are drawn with replacement: S draws would show only (S - 1) / S of the variance
 * of a mean (Rao and Wu 1988), a third too little for S = 3.
 *
 * Drawing both levels counts the interaction of training and image more than once, so these spreads
 * are too wide rather than too narrow (Owen 2007); `varianceComponents` counts it once.
 */
import { bootstrapScores } from './bootstrap-scores.js';
import { indexDraw } from './draws.js';
import type { ResamplingSettings } from './resampling-options.js';
import { scoreOf } from './scored-run.js';
import type { ComparableSystems, SeededSystem } from './seeded-system.js';
import { meanOf, variance } from './spread.js';
import { welch, type StudentResult, type TrainingSpread } from './welch.js';

/** Of one system and one metric. With a single training, nothing is known about other trainings. */
export interface ResampledMean {
  /** Mean of the trainings' scores on the full set of images. */
  readonly mean: number;
  /** Each [resamples]. */
  readonly images: Float64Array;
  readonly seeds: Float64Array | null;
  readonly both: Float64Array | null;
  readonly spread: TrainingSpread | null;
}

/** [systems][metrics] */
export function resampledMeans(
  systems: readonly SeededSystem[],
  { runs, metrics, indexOf }: ComparableSystems,
  settings: ResamplingSettings,
): ResampledMean[][] {
  const full = Float64Array.from(runs.statistics.flat().map(scoreOf));
  const cells = systems.map((system, index) => {
    const count = system.runs.length;
    return {
      all: system.runs.map((_, run) => run),
      drawRuns: count < 2 ? null : indexDraw(count, count - 1, systemSeed(settings.seed, index)),
      ofMetric: metrics.map(() => ({
        images: new Float64Array(settings.resamples),
        trainings: count < 2 ? null : trainingDraws(settings.resamples),
      })),
    };
  });
  bootstrapScores(runs, settings, (resample, scores) => {
    for (const [system, { all, drawRuns, ofMetric }] of cells.entries()) {
      const drawn = drawRuns?.() ?? [];
      for (const [metric, { images, trainings }] of ofMetric.entries()) {
        const at = (values: Float64Array, run: number): number =>
          values[indexOf(system, run, metric)] ?? NaN;
        images[resample] = meanOf(all.map((run) => at(scores, run)));
        if (trainings === null) continue;
        trainings.seeds[resample] = meanOf(drawn.map((run) => at(full, run)));
        trainings.both[resample] = meanOf(drawn.map((run) => at(scores, run)));
        trainings.interaction +=
          variance(all.map((run) => at(scores, run) - at(full, run))) / settings.resamples;
      }
    }
  });
  return cells.map(({ all, ofMetric }, system) =>
    ofMetric.map(({ images, trainings }, metric) => {
      const ofRuns = all.map((run) => full[indexOf(system, run, metric)] ?? NaN);
      return {
        mean: meanOf(ofRuns),
        images,
        seeds: trainings?.seeds ?? null,
        both: trainings?.both ?? null,
        spread: trainings && {
          trainings: all.length,
          betweenSeeds: variance(ofRuns),
          interaction: trainings.interaction,
        },
      };
    }),
  );
}

/**
 * `interaction`: the mean over resamples of the variance between trainings of what a resample adds to
 * their scores. It is the mean variance of a training less the mean covariance of two, which is how
 * `varianceComponents` defines it.
 */
function trainingDraws(resamples: number): {
  readonly seeds: Float64Array;
  readonly both: Float64Array;
  interaction: number;
} {
  return { seeds: new Float64Array(resamples), both: new Float64Array(resamples), interaction: 0 };
}

/** Differs from the seed of the images' draws and between systems; the golden ratio times 2^32. */
function systemSeed(seed: number, system: number): number {
  return (seed + Math.imul(system + 1, 0x9e3779b9)) >>> 0;
}

/** Resample by resample: row less baseline. */
export function differences(baseline: Float64Array, row: Float64Array): Float64Array {
  return row.map((score, resample) => score - (baseline[resample] ?? NaN));
}

/** Null where a system has a single training. */
export function welchDifference(
  baseline: ResampledMean,
  row: ResampledMean,
  images: number,
  confidence: number,
): StudentResult | null {
  if (baseline.spread === null || row.spread === null) return null;
  const imagesVariance = variance(differences(baseline.images, row.images));
  const spreads = [baseline.spread, row.spread];
  return welch(row.mean - baseline.mean, imagesVariance, images, spreads, confidence);
}
