import { expect, test } from 'vitest';
import { readView, writeView } from './view-state';

test('a view survives the way through the address', () => {
  const view = { sort: { column: 'ciderD', isDescending: true }, hidden: ['bleu2', 'bleu3'] };
  const written = writeView('page=2', view);
  expect(written).toBe('page=2&sort=-ciderD&hide=bleu2,bleu3');
  expect(readView(new URLSearchParams(written))).toEqual(view);
});

test('the order of the sweep and all columns need no parameter', () => {
  expect(writeView('sort=bleu1&hide=bleu2', { sort: null, hidden: [] })).toBe('');
  expect(readView(new URLSearchParams(''))).toEqual({ sort: null, hidden: [] });
});
