/** BLEU-1..4 from ten sums: both lengths, then guesses and matches per order. */
import { bleuFromStatistics, type BleuStatistics } from '../bleu.js';

export const BLEU_WIDTH = 10;

/** `row`: [testLength, refLength, guess 1..4, correct 1..4]. */
export function writeBleuRow(bleu: BleuStatistics, row: Float64Array): true {
  row[0] = bleu.testLength;
  row[1] = bleu.refLength;
  row.set(bleu.guess, 2);
  row.set(bleu.correct, 6);
  return true;
}

/** `order` 0 is BLEU-1. */
export function bleuFromSums(sums: Float64Array, order: 0 | 1 | 2 | 3): number {
  const at = (index: number): number => sums[index] ?? NaN;
  return bleuFromStatistics({
    testLength: at(0),
    refLength: at(1),
    guess: [at(2), at(3), at(4), at(5)],
    correct: [at(6), at(7), at(8), at(9)],
  })[order];
}
