/**
 * How the results table is looked at, as it stands in the address:
 * `?sort=-ciderD&hide=bleu2,bleu3&show=cider,perplexity&intervals=1&baseline=2&level=images-and-seeds`.
 */
import { COMPARISON_LEVELS, type ComparisonQuery, type ResultsColumn } from '@capgrid/contracts';

export type ResultsView = {
  /** Column and direction, null for the order of the sweep. */
  sort: { column: string; isDescending: boolean } | null;
  /** Scores left out though a paper prints them. */
  hidden: string[];
  /** Scores shown though a paper leaves them out. */
  shown: string[];
  /** Beside values that have one, the 95% interval over images. */
  hasIntervals: boolean;
  /** Index of the row that the others are compared with; in the address rows count from 1. */
  baseline: number | null;
  level: ComparisonQuery['level'];
};

export function readView(search: { get: (name: string) => string | null }): ResultsView {
  const sort = search.get('sort') ?? '';
  const column = sort.replace(/^-/, '');
  return {
    sort: column === '' ? null : { column, isDescending: sort.startsWith('-') },
    hidden: readNames(search.get('hide')),
    shown: readNames(search.get('show')),
    hasIntervals: search.get('intervals') === '1',
    baseline: readRow(search.get('baseline')),
    level: COMPARISON_LEVELS.find((level) => level === search.get('level')) ?? 'images',
  };
}

/** The address with this view in it; parameters of others stay. */
export function writeView(current: string, view: ResultsView): string {
  const search = new URLSearchParams(current);
  for (const name of ['sort', 'hide', 'show', 'intervals', 'baseline', 'level'])
    search.delete(name);
  if (view.sort !== null) {
    search.set('sort', `${view.sort.isDescending ? '-' : ''}${view.sort.column}`);
  }
  if (view.hidden.length > 0) search.set('hide', view.hidden.join(','));
  if (view.shown.length > 0) search.set('show', view.shown.join(','));
  if (view.hasIntervals) search.set('intervals', '1');
  if (view.baseline !== null) search.set('baseline', String(view.baseline + 1));
  if (view.level !== 'images') search.set('level', view.level);
  // Commas need no escape in a query and read better without.
  return search.toString().replaceAll('%2C', ',');
}

export function isColumnShown({ score, isPrimary }: ResultsColumn, view: ResultsView): boolean {
  return isPrimary ? !view.hidden.includes(score) : view.shown.includes(score);
}

/** The view with these columns shown or not; those that a paper prints need no place in it. */
export function setColumnsShown(
  view: ResultsView,
  columns: readonly ResultsColumn[],
  isShown: boolean,
): ResultsView {
  const named = new Set(columns.map(({ score }): string => score));
  const others = (names: readonly string[]) => names.filter((name) => !named.has(name));
  const scores = (isPrimary: boolean) =>
    columns.filter((column) => column.isPrimary === isPrimary).map(({ score }) => score);
  return {
    ...view,
    hidden: [...others(view.hidden), ...(isShown ? [] : scores(true))],
    shown: [...others(view.shown), ...(isShown ? scores(false) : [])],
  };
}

function readNames(text: string | null): string[] {
  return (text ?? '').split(',').filter((name) => name !== '');
}

function readRow(text: string | null): number | null {
  const row = Number(text ?? '');
  return Number.isSafeInteger(row) && row >= 1 ? row - 1 : null;
}
