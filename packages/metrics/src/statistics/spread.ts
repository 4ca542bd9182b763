/** Spread of resampled values: percentile intervals, the p-values that go with them, variances, ties. */
import { mean } from '../mean.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile interval (Efron and Tibshirani 1993, ch. 13): the middle `confidence` of the values. Its
 * ends are the k-th smallest and the k-th largest value, see `tailRank`.
 */
export function percentileInterval(values: Float64Array, confidence: number): Interval {
  const ascending = values.toSorted();
  const rank = tailRank(values.length, confidence);
  return {
    low: ascending[rank - 1] ?? NaN,
    high: ascending[values.length - rank] ?? NaN,
  };
}

/**
 * k = floor((values + 1) * (1 - confidence) / 2) of Efron and Tibshirani (1993, sec. 12.5). Below 1
 * there are too few values for an interval.
 */
export function tailRank(values: number, confidence: number): number {
  // 1 - 0.9 is a little below 0.1
  return Math.floor(((values + 1) * (1 - confidence)) / 2 + 1e-9);
}

/**
 * Two-sided p-value of resampled differences, that the difference is 0, from the percentile interval
 * turned round (Efron and Tibshirani 1993, sec. 15.4): twice the smaller of the shares at or below 0
 * and at or above 0, which for one side is the test of Koehn (2004). With 1 added to count and number
 * p <= 1 - confidence exactly where `percentileInterval` leaves out 0.
 *
 * A p-value by shifting the differences to mean 0 (ibid., ch. 16; sacrebleu) belongs to another
 * interval and can contradict this one where their distribution is skewed.
 */
export function percentilePValue(differences: Float64Array): number {
  let [atOrBelow, atOrAbove] = [0, 0];
  for (const difference of differences) {
    if (difference <= 0) atOrBelow += 1;
    if (difference >= 0) atOrAbove += 1;
  }
  return Math.min(1, (2 * (Math.min(atOrBelow, atOrAbove) + 1)) / (differences.length + 1));
}

/** The least p that `percentilePValue` gives. */
export function leastPercentileP(resamples: number): number {
  return 2 / (resamples + 1);
}

/** Unbiased (divisor n - 1); NaN for fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  const center = mean(values);
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    sum += ((values[index] ?? NaN) - center) ** 2;
  }
  return sum / (values.length - 1);
}

export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}

/**
 * Relative to the scores compared. Sums run in another order in each resample, so numbers that are
 * equal on paper differ by rounding, about 1e-14 here; they count as equal.
 */
const TIE_TOLERANCE = 1e-12;

/** score - baseline; 0 where the two tie. */
export function differenceOf(baseline: number, score: number): number {
  const difference = score - baseline;
  return Math.abs(difference) <= tieTolerance(baseline, score) ? 0 : difference;
}

/** What a deviation must reach to count as at least as extreme as the observed difference. */
export function extremeFrom(baseline: number, score: number): number {
  return Math.abs(score - baseline) - tieTolerance(baseline, score);
}

/** `found`, or 0 where it is the variance of numbers that tie; they are as large as `score`. */
export function varianceBeyondTies(found: number, score: number): number {
  return found <= tieTolerance(score, score) ** 2 ? 0 : found;
}

function tieTolerance(one: number, other: number): number {
  return TIE_TOLERANCE * Math.max(Math.abs(one), Math.abs(other));
}
