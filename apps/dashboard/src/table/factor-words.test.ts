import { expect, test } from 'vitest';
import { compareFactorValues, formatFactorValue, shortFactorNames } from './factor-words';

test('a factor is named by the shortest tail that still says what it is', () => {
  const names = shortFactorNames(['model.attention.kind', 'model.weightNorm', 'decode.beam']);
  expect([...names.values()]).toEqual(['attention.kind', 'weightNorm', 'beam']);
});

test('two factors never get the same name', () => {
  const names = shortFactorNames(['data.maxWords', 'decode.maxWords']);
  expect([...names.values()]).toEqual(['data.maxWords', 'decode.maxWords']);
});

test('values are words, not JSON', () => {
  expect([true, false, null, undefined, 3, 'dot'].map(formatFactorValue)).toEqual([
    'yes',
    'no',
    'none',
    '·',
    '3',
    'dot',
  ]);
});

test('numbers sort by size, not by alphabet', () => {
  expect([10, 1, 5].sort(compareFactorValues)).toEqual([1, 5, 10]);
});
