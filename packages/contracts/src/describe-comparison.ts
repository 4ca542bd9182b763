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

export function isSignificant({ adjustedP }: Difference): boolean {
  return adjustedP < SIGNIFICANCE_LEVEL;
}

/** @param mark what stands at a significant difference, such as `†` */
export function describeComparison(comparison: Comparison, mark: string): string[] {
  const { resamples, seed, comparisons, smallestAdjustedP, images, level } = comparison;
  const percent = Math.round(comparison.confidence * 100);
  const withIdf = comparison.columns.filter(({ score }) => WITH_IDF.includes(score));
  return [
    'Each row minus the baseline, whose own scores stand in its row.',
    `In brackets: ${percent}% interval of the difference by paired bootstrap over ${LEVELS[level]}.`,
    `${count(images)} images, ${count(resamples)} resamples, random seed ${seed} (${comparison.generator}).`,
    `${mark}: p < ${SIGNIFICANCE_LEVEL} after Holm's correction for ${count(comparisons)} comparisons.`,
    ...(smallestAdjustedP < SIGNIFICANCE_LEVEL
      ? []
      : [`With so few resamples no difference can reach that; ask for more.`]),
    ...(withIdf.length === 0
      ? []
      : [
          `${listWords(withIdf.map(({ label }) => label))}: idf ${comparison.idf} to that of the whole test set.`,
        ]),
  ];
}

/** `12,345`. */
function count(number: number): string {
  return number.toLocaleString('en');
}
