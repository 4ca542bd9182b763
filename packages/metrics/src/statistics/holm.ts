/** Correction of p-values for the number of comparisons in a table. */
import { MetricInputError } from '../metric-input-error.js';

/**
 * Adjusted p-values (Holm 1979), in input order: the k-th smallest of m is multiplied by m - k + 1,
 * is at least the adjusted value before it, and at most 1. Rejecting where the result is <= alpha
 * keeps the chance of any false rejection in the whole table at alpha or less, however the tests
 * depend on each other. Equal p-values get equal results; no p-value gives no result.
 *
 * @throws MetricInputError where a p-value is not in 0..1.
 */
export function holm(pValues: readonly number[]): number[] {
  for (const [index, p] of pValues.entries()) {
    if (!(p >= 0 && p <= 1)) {
      throw new MetricInputError(
        'invalid-p-value',
        `The p-value at index ${index} is ${p}; it must lie in 0..1. Leave out comparisons that ` +
          'were not made.',
      );
    }
  }
  const ascending = [...pValues.entries()].toSorted(([, p], [, q]) => p - q);
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  for (const [rank, [index, p]] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
