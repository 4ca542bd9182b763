/** Spread of resampled values: quantiles, percentile intervals, variances, and p-values from counts. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile interval (Efron and Tibshirani 1993, ch. 13): the middle `confidence` of the values.
 * Quantiles interpolate between neighbours (type 7 of Hyndman and Fan 1996, as numpy and R do).
 */
export function percentileInterval(values: Float64Array, confidence: number): Interval {
  const ascending = values.toSorted();
  return {
    low: quantile(ascending, (1 - confidence) / 2),
    high: quantile(ascending, (1 + confidence) / 2),
  };
}

function quantile(ascending: Float64Array, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const value = ascending[below] ?? NaN;
  const above = ascending[below + 1] ?? value;
  return value + (position - below) * (above - value);
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? NaN;
  return sum / values.length;
}

/** Unbiased (divisor n - 1); NaN for fewer than two values. */
export function covariance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    sum += ((a[index] ?? NaN) - meanA) * ((b[index] ?? NaN) - meanB);
  }
  return sum / (a.length - 1);
}

export function variance(values: ArrayLike<number>): number {
  return covariance(values, values);
}

/** 0 for a single value, which a bootstrap with one resample gives. */
export function standardDeviation(values: ArrayLike<number>): number {
  return values.length < 2 ? 0 : Math.sqrt(variance(values));
}

/**
 * Relative to the scores compared. Sums run in another order in each resample, so differences that
 * are equal on paper differ by rounding, about 1e-14 here; they count as equal.
 */
const TIE_TOLERANCE = 1e-12;

/** What a deviation must reach to count as at least as extreme as the observed difference. */
export function extremeFrom(baseline: number, score: number): number {
  const tolerance = TIE_TOLERANCE * Math.max(Math.abs(baseline), Math.abs(score));
  return Math.abs(score - baseline) - tolerance;
}

/**
 * Two-sided p-value by shifting the bootstrap distribution of the difference to mean 0, the null
 * hypothesis (Efron and Tibshirani 1993, ch. 16):
 * (deviations from the mean at least as large as the observed difference + 1) / (resamples + 1).
 *
 * Riezler and Maxwell (2005, fig. 2), and sacrebleu after them, take the absolute value before they
 * subtract the mean. For a clear difference that counts one tail, half of this p-value; without any
 * difference it gives about 0.4, where this gives 1.
 */
export function shiftedPValue(differences: Float64Array, baseline: number, score: number): number {
  const extreme = extremeFrom(baseline, score);
  const mean = meanOf(differences);
  let count = 0;
  for (const difference of differences) if (Math.abs(difference - mean) >= extreme) count += 1;
  return (count + 1) / (differences.length + 1);
}
