import type { ResultsColumn } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import {
  isColumnShown,
  readView,
  type ResultsView,
  setColumnsShown,
  writeView,
} from './view-state';

const PLAIN: ResultsView = {
  sort: null,
  hidden: [],
  shown: [],
  hasIntervals: false,
  baseline: null,
  level: 'images',
};

function column(score: ResultsColumn['score'], isPrimary: boolean): ResultsColumn {
  const print = { label: score, group: '', unit: 'times100' as const, decimals: 1 };
  return { score, ...print, isPrimary, isHigherBetter: true, comparable: [], note: null };
}

test('a view survives the way through the address', () => {
  const view: ResultsView = {
    sort: { column: 'ciderD', isDescending: true },
    hidden: ['bleu2', 'bleu3'],
    shown: ['perplexity'],
    hasIntervals: true,
    baseline: 1,
    level: 'images-and-seeds',
  };
  const written = writeView('page=2', view);
  expect(written).toBe(
    'page=2&sort=-ciderD&hide=bleu2,bleu3&show=perplexity&intervals=1&baseline=2&level=images-and-seeds',
  );
  expect(readView(new URLSearchParams(written))).toEqual(view);
});

test('the order of the sweep and the columns of a paper need no parameter', () => {
  expect(writeView('sort=bleu1&hide=bleu2&show=cider&intervals=1', PLAIN)).toBe('');
  expect(readView(new URLSearchParams(''))).toEqual(PLAIN);
  expect(readView(new URLSearchParams('baseline=first&level=all'))).toEqual(PLAIN);
});

test('columns come and go, and only what differs from a paper is kept', () => {
  const columns = [column('bleu1', true), column('cider', false)];
  const shownIn = (view: ResultsView) => columns.map((one) => isColumnShown(one, view));

  expect(shownIn(PLAIN)).toEqual([true, false]);
  const all = setColumnsShown(PLAIN, columns, true);
  expect(all).toEqual({ ...PLAIN, shown: ['cider'] });
  const none = setColumnsShown(all, columns, false);
  expect(none).toEqual({ ...PLAIN, hidden: ['bleu1'] });
  expect([shownIn(all), shownIn(none)]).toEqual([
    [true, true],
    [false, false],
  ]);
});
