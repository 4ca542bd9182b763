/**
 * Means over a system's trainings when images, trainings or both are resampled, and the variances
 * that the same resamples give. Images are drawn jointly for all trainings of all systems; the
 * trainings of a system are drawn on their own.
 *
 * Of S trainings S - 1 are drawn with replacement: S draws would show only (S - 1) / S of the variance
 * of a mean (Rao and Wu 1988), a third too little for S = 3.
 *
 * Drawing both levels counts the interaction of training and image more than once, so these spreads
 * are too wide rather than too narrow (Owen 2007); `varianceComponents` counts it once.
 */
import { mean } from '../mean.js';
import { bootstrapScores } from './bootstrap-scores.js';
import { indexDraw } from './draws.js';
import type { ResamplingSettings } from './resampling-options.js';
import { scoreOf } from './scored-run.js';
import type { ComparableSystems, SeededSystem } from './seeded-system.js';
import { differenceOf, variance, varianceBeyondTies } from './spread.js';
import { welch, type StudentResult, type TrainingSpread } from './welch.js';

/** Of one system and one metric. With a single training, nothing is known about other trainings. */
export interface ResampledMean {
  /** Per training, on the full set of images. */
  readonly scores: readonly number[];
  readonly mean: number;
  /** Mean over the trainings: [resamples]. */
  readonly images: Float64Array;
  /** Null also where `drawsTrainings` is not set, as `seeds` and `both`. */
  readonly trainings: { readonly seeds: Float64Array; readonly both: Float64Array } | null;
  /** Of one given training's score over other images, mean over the trainings. */
  readonly withinSeed: number;
  readonly spread: TrainingSpread | null;
}

/** [systems][metrics] */
export function resampledMeans(
  systems: readonly SeededSystem[],
  { runs, metrics, indexOf }: ComparableSystems,
  settings: ResamplingSettings,
  { drawsTrainings = false }: { readonly drawsTrainings?: boolean } = {},
): ResampledMean[][] {
  const { resamples, seed } = settings;
  const full = Float64Array.from(runs.statistics.flat().map(scoreOf));
  const cells = systems.map((system, index) => {
    const count = system.runs.length;
    const isDrawn = drawsTrainings && count > 1;
    return {
      all: system.runs.map((_, run) => run),
      drawRuns: isDrawn ? indexDraw(count, count - 1, systemSeed(seed, index)) : null,
      ofMetric: metrics.map(() => ({
        images: new Float64Array(resamples),
        trainings: isDrawn
          ? { seeds: new Float64Array(resamples), both: new Float64Array(resamples) }
          : null,
        moments: emptyMoments(count),
      })),
    };
  });
  bootstrapScores(runs, settings, (resample, scores) => {
    for (const [system, { all, drawRuns, ofMetric }] of cells.entries()) {
      const drawn = drawRuns?.() ?? [];
      for (const [metric, { images, trainings, moments }] of ofMetric.entries()) {
        const at = (values: Float64Array, run: number): number =>
          values[indexOf(system, run, metric)] ?? NaN;
        images[resample] = mean(all.map((run) => at(scores, run)));
        addMoments(
          moments,
          all.map((run) => at(scores, run) - at(full, run)),
        );
        if (trainings === null) continue;
        trainings.seeds[resample] = mean(drawn.map((run) => at(full, run)));
        trainings.both[resample] = mean(drawn.map((run) => at(scores, run)));
      }
    }
  });
  return cells.map(({ all, ofMetric }, system) =>
    ofMetric.map(({ images, trainings, moments }, metric) => {
      const scores = all.map((run) => full[indexOf(system, run, metric)] ?? NaN);
      return {
        scores,
        mean: mean(scores),
        images,
        trainings,
        ...spreadOf(scores, moments, resamples),
      };
    }),
  );
}

/** Of what resamples add to the scores of the trainings: score in the resample less full score. */
interface Moments {
  /** Sum and sum of squares over resamples: [trainings]. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Sum over resamples of the variance between trainings. */
  between: number;
}

function emptyMoments(trainings: number): Moments {
  const [sums, squares] = [new Float64Array(trainings), new Float64Array(trainings)];
  return { sums, squares, between: 0 };
}

function addMoments(moments: Moments, added: readonly number[]): void {
  for (const [run, value] of added.entries()) {
    moments.sums[run] = (moments.sums[run] ?? NaN) + value;
    moments.squares[run] = (moments.squares[run] ?? NaN) + value * value;
  }
  if (added.length > 1) moments.between += variance(added);
}

/**
 * `interaction` is the mean variance of a training over resamples less the mean covariance of two.
 * Those sums over all pairs are also the variance between trainings, summed over resamples, with the
 * mean of each training over the resamples taken off.
 */
function spreadOf(
  scores: readonly number[],
  { sums, squares, between }: Moments,
  resamples: number,
): Pick<ResampledMean, 'withinSeed' | 'spread'> {
  const beyondTies = (found: number): number => varianceBeyondTies(found, mean(scores));
  const ofTrainings = squares.map(
    (square, run) => (square - (sums[run] ?? NaN) ** 2 / resamples) / (resamples - 1),
  );
  const withinSeed = beyondTies(mean(ofTrainings));
  if (scores.length < 2) return { withinSeed, spread: null };
  const ofMeans = variance(sums.map((sum) => sum / resamples));
  const interaction = beyondTies((between - resamples * ofMeans) / (resamples - 1));
  return {
    withinSeed,
    spread: {
      trainings: scores.length,
      betweenSeeds: beyondTies(variance(scores)),
      // more where trainings vary against each other, which is chance
      interaction: Math.min(interaction, withinSeed),
    },
  };
}

/** Differs from the seed of the images' draws and between systems; the golden ratio times 2^32. */
function systemSeed(seed: number, system: number): number {
  return (seed + Math.imul(system + 1, 0x9e3779b9)) >>> 0;
}

/** Resample by resample: row less baseline, 0 where they tie. */
export function differences(baseline: Float64Array, row: Float64Array): Float64Array {
  return row.map((score, resample) => differenceOf(baseline[resample] ?? NaN, score));
}

/** Null where a system has a single training. */
export function welchDifference(
  baseline: ResampledMean,
  row: ResampledMean,
  images: number,
  confidence: number,
): StudentResult | null {
  if (baseline.spread === null || row.spread === null) return null;
  const imagesVariance = varianceBeyondTies(
    variance(differences(baseline.images, row.images)),
    Math.max(Math.abs(baseline.mean), Math.abs(row.mean)),
  );
  const spreads = [baseline.spread, row.spread];
  const difference = differenceOf(baseline.mean, row.mean);
  return welch(difference, imagesVariance, images, spreads, confidence);
}

/** Of the mean over the trainings, over other images. */
export function imagesVariance(of: ResampledMean): number {
  return varianceBeyondTies(variance(of.images), of.mean);
}
