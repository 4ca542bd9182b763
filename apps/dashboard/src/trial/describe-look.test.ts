import { packAttention } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { describeLook } from './describe-look';

const grid = { rows: 2, columns: 3 };

test('the cell that was looked at most is named by row and column, counted from 1', () => {
  const word = packAttention([0.1, 0.1, 0.2, 0.1, 0.4, 0.1]);
  const { shares, text } = describeLook('dog', word, grid, { regions: 6, beside: [] });
  expect(text).toBe('“dog”: 40% in row 2, column 2');
  expect(shares[4]).toBe(1);
  expect(shares[2]).toBeCloseTo(0.5, 2);
});

test('what lies beside the regions is named and takes no part in the shares', () => {
  const word = packAttention([0, 0, 0.1, 0, 0, 0, 0.2, 0.7]);
  const maps = { regions: 6, beside: ['global' as const, 'sentinel' as const] };
  const { shares, text } = describeLook('of', word, grid, maps);
  expect(text).toBe('“of”: 10% in row 1, column 3; 20% on the whole image; 70% on the sentinel');
  expect(shares).toEqual([0, 0, 1, 0, 0, 0]);
});

test('a word at which no region was looked at has no bright cell', () => {
  const word = packAttention([0, 0, 0, 0, 0, 0, 1]);
  const maps = { regions: 6, beside: ['sentinel' as const] };
  const { shares, text } = describeLook('of', word, grid, maps);
  expect(text).toBe('“of”: no region; 100% on the sentinel');
  expect(shares).toEqual([0, 0, 0, 0, 0, 0]);
});
