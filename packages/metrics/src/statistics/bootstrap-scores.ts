/** Scores of several runs in the same resamples of images: drawn jointly, so differences are paired. */
import { bootstrapDraw } from './draws.js';
import type { MetricStatistics } from './metric-statistics.js';
import type { ComparableRuns } from './scored-run.js';
import { forEachResample, type ColumnMatrix } from './weighted-sums.js';

/**
 * Calls `visit` per resample with the scores of all runs, flat: run * metrics + metric. The vector is
 * overwritten by the next call.
 */
export function bootstrapScores(
  { images, statistics }: ComparableRuns,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
  visit: (resample: number, scores: Float64Array) => void,
): void {
  const flat = statistics.flat();
  const { matrices, indexes } = distinctColumns(flat);
  const scores = new Float64Array(flat.length);
  const draw = bootstrapDraw(images, seed);
  forEachResample(matrices, { images, resamples, draw }, (resample, sums) => {
    for (const [index, { fromSums }] of flat.entries()) {
      const ofMetric = sums[indexes[index] ?? -1];
      scores[index] = ofMetric === undefined ? NaN : fromSums(ofMetric, images);
    }
    visit(resample, scores);
  });
}

/** BLEU-1..4 of a run share their columns, which are then summed once. */
function distinctColumns(statistics: readonly MetricStatistics[]): {
  readonly matrices: readonly ColumnMatrix[];
  /** Where the columns of each of the statistics stand in `matrices`. */
  readonly indexes: readonly number[];
} {
  const matrices: ColumnMatrix[] = [];
  const indexes = statistics.map(({ columns, width }) => {
    const known = matrices.findIndex((matrix) => matrix.columns === columns);
    if (known !== -1) return known;
    return matrices.push({ columns, width }) - 1;
  });
  return { matrices, indexes };
}
