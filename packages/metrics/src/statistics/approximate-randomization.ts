/** Approximate randomization test of two runs. */
import type { MetricKey } from '../metric-table.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { coinDraw } from './draws.js';
import type { MetricStatistics } from './metric-statistics.js';
import { resamplingSettings, type ResamplingOptions } from './resampling-options.js';
import { columnSums, comparableRuns, scoreOf, type ScoredRun } from './scored-run.js';
import { differenceOf, extremeFrom } from './spread.js';
import { forEachResample, type ColumnMatrix } from './weighted-sums.js';

/** `resamples` are the trials; there is no interval. */
export interface ApproximateRandomization extends Omit<ResamplingRecord, 'confidence'> {
  readonly method: 'approximate-randomization';
  readonly metrics: readonly RandomizationTest[];
}

export interface RandomizationTest {
  readonly metric: MetricKey;
  readonly label: string;
  readonly baselineScore: number;
  readonly score: number;
  readonly difference: number;
  /** Two-sided; never below 1 / (resamples + 1), and 1 for equal scores. */
  readonly p: number;
}

/**
 * Approximate randomization (Noreen 1989; Riezler and Maxwell 2005, fig. 1): if the two runs were
 * interchangeable, swapping their captions of an image at random would give as large a difference as
 * often as not. p = (trials with at least the observed difference + 1) / (trials + 1). All metrics
 * see the same swaps.
 *
 * @throws MetricInputError where the runs do not cover the same images with the same signatures.
 */
export function approximateRandomization(
  baseline: ScoredRun,
  run: ScoredRun,
  options: Omit<ResamplingOptions, 'confidence'> = {},
): ApproximateRandomization {
  const { seed, resamples, confidence } = resamplingSettings(options);
  const { images, statistics } = comparableRuns([baseline, run], options.metrics);
  const [ofBaseline = [], ofRun = []] = statistics;
  const { matrices, indexes } = swapMatrices(ofBaseline, ofRun);
  const metrics = ofRun.map((right, index) => {
    const left = ofBaseline[index] ?? right;
    const [baselineScore, score] = [scoreOf(left), scoreOf(right)];
    return {
      right,
      matrix: indexes[index] ?? -1,
      sums: { left: columnSums(left), right: columnSums(right) },
      baselineScore,
      score,
      extreme: extremeFrom(baselineScore, score),
      count: 0,
    };
  });
  const draw = coinDraw(images, seed);
  forEachResample(matrices, { images, resamples, draw }, (_, sums) => {
    for (const metric of metrics) {
      const swapped = sums[metric.matrix];
      if (swapped === undefined) continue;
      const { left, right } = metric.sums;
      const { fromSums } = metric.right;
      const baselineScore = fromSums(
        left.map((sum, column) => sum + (swapped[column] ?? NaN)),
        images,
      );
      const score = fromSums(
        right.map((sum, column) => sum - (swapped[column] ?? NaN)),
        images,
      );
      if (Math.abs(score - baselineScore) >= metric.extreme) metric.count += 1;
    }
  });
  const { confidence: _, ...record } = recordOf({ seed, resamples, confidence }, images);
  return {
    method: 'approximate-randomization',
    ...record,
    metrics: metrics.map(({ right: { metric, label }, baselineScore, score, count }) => ({
      metric,
      label,
      baselineScore,
      score,
      difference: differenceOf(baselineScore, score),
      p: (count + 1) / (resamples + 1),
    })),
  };
}

/**
 * What swapping an image adds to the baseline's sums and takes from the other's: the differences of
 * their columns, once for metrics that share columns in both runs.
 */
function swapMatrices(
  left: readonly MetricStatistics[],
  right: readonly MetricStatistics[],
): { readonly matrices: readonly ColumnMatrix[]; readonly indexes: readonly number[] } {
  const matrices: (ColumnMatrix & {
    readonly from: MetricStatistics;
    readonly to: MetricStatistics;
  })[] = [];
  const indexes = right.map((to, index) => {
    const from = left[index] ?? to;
    const known = matrices.findIndex(
      (matrix) => matrix.from.columns === from.columns && matrix.to.columns === to.columns,
    );
    if (known !== -1) return known;
    const columns = to.columns.map((value, at) => value - (from.columns[at] ?? NaN));
    return matrices.push({ width: to.width, columns, from, to }) - 1;
  });
  return { matrices, indexes };
}
