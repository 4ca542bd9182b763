/**
 * The consensus caption (Devlin et al. 2015, eq. 1): c* = argmax_c max_M sum_{c' in M} Sim(c, c'),
 * with M any m of the other candidates; the best M has the m that are most similar to c.
 */
import type { CiderDReward } from '@capgrid/metrics';

export interface Consensus {
  /** Place among the candidates; of equal ones the first. */
  readonly index: number;
  /** Mean similarity to the `agreeing` most similar others; 0 where there are none. */
  readonly score: number;
}

/** `agreeing`: m of the paper; null: all others. */
export function consensusOf(
  candidates: readonly Int32Array[],
  agreeing: number | null,
  { similarities }: Pick<CiderDReward, 'similarities'>,
): Consensus {
  const size = candidates.length;
  const matrix = similarities(candidates, candidates);
  let best: Consensus = { index: 0, score: Number.NEGATIVE_INFINITY };
  for (let row = 0; row < size; row += 1) {
    const others = matrix.slice(size * row, size * (row + 1)).filter((_, column) => column !== row);
    const score = meanOfLargest(others, agreeing ?? others.length);
    if (score > best.score) best = { index: row, score };
  }
  return best;
}

/** 0 of no values. */
export function meanOfLargest(values: Float64Array, count: number): number {
  const largest = count < values.length ? values.toSorted().slice(-count) : values;
  return largest.reduce((sum, value) => sum + value, 0) / Math.max(1, largest.length);
}
