/** What the caption of a results table must say of the columns that are shown. */
import { listWords } from './list-words.js';
import type { ResultsCell, ResultsColumn } from './results-table.js';
import type { ScoreName } from './scores.js';

type Printed = Pick<ResultsColumn, 'score' | 'label' | 'unit' | 'isHigherBetter'>;

const COUNTED_IN_WORDS: readonly ScoreName[] = ['averageLength', 'vocabularyUsed'];

/** Units other than quality times 100, which papers print without saying so; null: there are none. */
export function describeUnits(columns: readonly Printed[]): string | null {
  const shares = columns.filter(({ unit }) => unit === 'percent');
  const words = columns.filter(({ score }) => COUNTED_IN_WORDS.includes(score));
  const parts = [nameUnit(shares, 'percent'), nameUnit(words, 'words')].flatMap(
    (part) => part ?? [],
  );
  return parts.length === 0 ? null : `${parts.join('; ')}.`;
}

/** `Bad endings and Perplexity: lower is better.`; null: higher is better wherever one is. */
export function describeLowerBetter(columns: readonly Printed[]): string | null {
  const lower = columns.filter(({ isHigherBetter }) => isHigherBetter === false);
  return lower.length === 0 ? null : `${nameAll(lower)}: lower is better.`;
}

/** What to say of the intervals a reader asked for: a mean over seeds has none. */
export function describeIntervals(cells: readonly Pick<ResultsCell, 'interval'>[]): string {
  return cells.some(({ interval }) => interval !== null)
    ? 'In brackets: 95% interval over the images.'
    : 'No 95% intervals: only rows of a single seed have them; compare rows for those of differences.';
}

function nameUnit(columns: readonly Printed[], unit: string): string | null {
  return columns.length === 0 ? null : `${nameAll(columns)} in ${unit}`;
}

function nameAll(columns: readonly Printed[]): string {
  return listWords(columns.map(({ label }) => label));
}
