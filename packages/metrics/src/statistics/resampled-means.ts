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
import { meanOf } from './spread.js';

/** Of one system and one metric. With a single training, nothing is known about other trainings. */
export interface ResampledMean {
  /** Mean of the trainings' scores on the full set of images. */
  readonly mean: number;
  /** Each [resamples]. */
  readonly images: Float64Array;
  readonly seeds: Float64Array | null;
  readonly both: Float64Array | null;
}

/** [systems][metrics] */
export function resampledMeans(
  systems: readonly SeededSystem[],
  { runs, metrics, indexOf }: ComparableSystems,
  settings: ResamplingSettings,
): ResampledMean[][] {
  const full = Float64Array.from(runs.statistics.flat().map(scoreOf));
  const empty = (): Float64Array => new Float64Array(settings.resamples);
  const cells = systems.map((system, index) => {
    const count = system.runs.length;
    const all = system.runs.map((_, run) => run);
    return {
      all,
      drawRuns: count < 2 ? null : indexDraw(count, count - 1, systemSeed(settings.seed, index)),
      ofMetric: metrics.map((_, metric) => ({
        mean: meanOf(all.map((run) => full[indexOf(index, run, metric)] ?? NaN)),
        images: empty(),
        seeds: count < 2 ? null : empty(),
        both: count < 2 ? null : empty(),
      })),
    };
  });
  bootstrapScores(runs, settings, (resample, scores) => {
    for (const [system, { all, drawRuns, ofMetric }] of cells.entries()) {
      const drawn = drawRuns?.() ?? [];
      for (const [metric, { images, seeds, both }] of ofMetric.entries()) {
        const meanIn = (values: Float64Array, of: readonly number[]): number =>
          meanOf(of.map((run) => values[indexOf(system, run, metric)] ?? NaN));
        images[resample] = meanIn(scores, all);
        if (seeds !== null) seeds[resample] = meanIn(full, drawn);
        if (both !== null) both[resample] = meanIn(scores, drawn);
      }
    }
  });
  return cells.map(({ ofMetric }) => ofMetric);
}

/** Differs from the seed of the images' draws and between systems; the golden ratio times 2^32. */
function systemSeed(seed: number, system: number): number {
  return (seed + Math.imul(system + 1, 0x9e3779b9)) >>> 0;
}

/** Resample by resample: row less baseline. */
export function differences(baseline: Float64Array, row: Float64Array): Float64Array {
  return row.map((score, resample) => score - (baseline[resample] ?? NaN));
}
