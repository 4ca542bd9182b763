import { expect, test } from 'vitest';
import { compareFactorValues, formatCellValue } from './factor-words';

test('a cell without the factor has a dot', () => {
  expect([undefined, null, true].map(formatCellValue)).toEqual(['·', 'none', 'on']);
});

test('numbers sort by size, not by alphabet', () => {
  expect([10, 1, 5].sort(compareFactorValues)).toEqual([1, 5, 10]);
});
