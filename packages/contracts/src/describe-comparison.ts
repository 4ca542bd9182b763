/** What a table of differences must say: method, levels of variance, correction, idf. */
import type { Comparison, Difference } from './comparison.js';
import { listWords } from './list-words.js';
import { nameNumbers } from './name-numbers.js';
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
  'paired-bootstrap': 'paired percentile bootstrap',
  welch: "Welch's t",
} as const satisfies Record<Comparison['test'], string>;

export function isSignificant({ adjustedP }: Difference): boolean {
  return adjustedP !== null && adjustedP < SIGNIFICANCE_LEVEL;
}

type Words = {
  /** What stands at a significant difference, such as `†`. */
  mark: string;
  /** What the reader knows rows by. */
  noun: 'row' | 'trial';
  /** Numbers of a row of the results table, by its index. */
  numbersOf: (row: number) => number[];
};

/** @returns sentences */
export function describeComparison(
  comparison: Comparison,
  { mark, noun, numbersOf }: Words,
): string[] {
  const { resamples, seed, comparisons, smallestAdjustedP, images, level } = comparison;
  const percent = Math.round(comparison.confidence * 100);
  const withIdf = comparison.columns.filter(({ score }) => WITH_IDF.includes(score));
  const nameRows = (rows: readonly number[]) => nameNumbers(noun, rows.flatMap(numbersOf));
  const named = `the baseline (${nameRows([comparison.baseline])})`;
  if (comparison.rows.length < 2 && comparisons === 0) {
    return [`No row can be compared with ${named}.`, ...describeLeftOut(comparison, nameRows)];
  }
  return [
    `Each row minus ${named}, whose own scores stand in its row.`,
    `In brackets: ${percent}% interval of the difference by ${TESTS[comparison.test]} over ${LEVELS[level]}.`,
    `${count(images)} images, ${count(resamples)} resamples, random seed ${seed} (${comparison.generator}).`,
    `${mark}: p < ${SIGNIFICANCE_LEVEL} after Holm's correction for ${count(comparisons)} comparisons.`,
    ...(smallestAdjustedP === null || smallestAdjustedP < SIGNIFICANCE_LEVEL
      ? []
      : [
          'With so few resamples no difference can reach that; ask for more, or compare fewer scores.',
        ]),
    ...(hasUntested(comparison)
      ? ['No mark where neither images nor seeds vary, which leaves nothing to test with.']
      : []),
    ...(withIdf.length === 0
      ? []
      : [
          `${listWords(withIdf.map(({ label }) => label))}: idf ${comparison.idf} to that of the whole test set.`,
        ]),
    ...describeLeftOut(comparison, nameRows),
  ];
}

function hasUntested({ rows }: Comparison): boolean {
  return rows.some(({ cells }) =>
    Object.values(cells).some(({ comparison }) => comparison?.p === null),
  );
}

/** Rows of the same reason together. */
function describeLeftOut(
  { leftOut }: Comparison,
  nameRows: (rows: readonly number[]) => string,
): string[] {
  const byReason = new Map<string, number[]>();
  for (const { row, reason } of leftOut) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), row]);
  }
  return [...byReason].map(([reason, rows]) => `Left out: ${nameRows(rows)} (${reason}).`);
}

/** `12,345`. */
function count(number: number): string {
  return number.toLocaleString('en');
}
