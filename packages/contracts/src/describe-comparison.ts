/** What a table of differences must say: method, levels of variance, correction, idf. */
import type { Comparison, Difference } from './comparison.js';
import { listWords } from './list-words.js';
import type { ScoreName } from './scores.js';

/** Of p-values after the correction. */
const SIGNIFICANCE_LEVEL = 0.05;

const WITH_IDF: readonly ScoreName[] = ['cider', 'ciderD'];

const LEVELS = {
  images:
    'images; it tells what other images would give with these trainings, not what other trainings would',
  'images-and-seeds':
    'images and training seeds; it tells what other images and other trainings would give',
} as const satisfies Record<Comparison['level'], string>;

const TESTS = {
  'paired-bootstrap': 'paired bootstrap',
  welch: "Welch's t",
} as const satisfies Record<Comparison['test'], string>;

export function isSignificant({ adjustedP }: Difference): boolean {
  return adjustedP < SIGNIFICANCE_LEVEL;
}

type Words = {
  /** What stands at a significant difference, such as `†`. */
  mark: string;
  /** A row of the results table, by its index. */
  nameRow: (row: number) => string;
};

/** @returns sentences */
export function describeComparison(comparison: Comparison, { mark, nameRow }: Words): string[] {
  const { resamples, seed, comparisons, smallestAdjustedP, images, level } = comparison;
  const percent = Math.round(comparison.confidence * 100);
  const withIdf = comparison.columns.filter(({ score }) => WITH_IDF.includes(score));
  const named = `the baseline (${nameRow(comparison.baseline)})`;
  if (comparisons === 0) {
    return [`No row can be compared with ${named}.`, ...describeLeftOut(comparison, nameRow)];
  }
  return [
    `Each row minus ${named}, whose own scores stand in its row.`,
    `In brackets: ${percent}% interval of the difference by ${TESTS[comparison.test]} over ${LEVELS[level]}.`,
    `${count(images)} images, ${count(resamples)} resamples, random seed ${seed} (${comparison.generator}).`,
    `${mark}: p < ${SIGNIFICANCE_LEVEL} after Holm's correction for ${count(comparisons)} comparisons.`,
    ...(smallestAdjustedP === null || smallestAdjustedP < SIGNIFICANCE_LEVEL
      ? []
      : [`With so few resamples no difference can reach that; ask for more.`]),
    ...(withIdf.length === 0
      ? []
      : [
          `${listWords(withIdf.map(({ label }) => label))}: idf ${comparison.idf} to that of the whole test set.`,
        ]),
    ...describeLeftOut(comparison, nameRow),
  ];
}

/** Rows of the same reason together. */
function describeLeftOut({ leftOut }: Comparison, nameRow: Words['nameRow']): string[] {
  const byReason = new Map<string, string[]>();
  for (const { row, reason } of leftOut) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), nameRow(row)]);
  }
  return [...byReason].map(([reason, rows]) => `Left out: ${listWords(rows)} (${reason}).`);
}

/** `12,345`. */
function count(number: number): string {
  return number.toLocaleString('en');
}
