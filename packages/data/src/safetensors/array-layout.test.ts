import { expect, test } from 'vitest';
import { findLayoutFault } from './array-layout.js';

type Range = { name: string; start: number; end: number };

function rangesOf(...ranges: [start: number, end: number][]): Range[] {
  return ranges.map(([start, end], i) => ({ name: 'abc'.charAt(i), start, end }));
}

test('arrays that fill the data are in order, however the header lists them', () => {
  expect(findLayoutFault(rangesOf([8, 12], [0, 8], [8, 8]), 12)).toBeNull();
  expect(findLayoutFault([], 0)).toBeNull();
});

test.each<[Range[], number, string]>([
  [rangesOf([0, 8], [4, 12]), 12, '"b" begins at byte 4 of the data, before the end of "a" at 8'],
  [rangesOf([0, 8], [0, 8]), 8, '"b" begins at byte 0 of the data, before the end of "a" at 8'],
  [rangesOf([0, 8], [12, 16]), 16, 'bytes 8 to 12 of the data belong to no array'],
  [rangesOf([4, 8]), 8, 'bytes 0 to 4 of the data belong to no array'],
  [rangesOf([0, 8]), 20, 'the arrays fill 8 bytes of the data, which has 20'],
  [[], 4, 'the arrays fill 0 bytes of the data, which has 4'],
  [rangesOf([8, 4]), 8, '"a" begins at byte 8 of the data and ends at 4'],
])('%j of %i bytes: %s', (ranges, bytes, fault) => {
  expect(findLayoutFault(ranges, bytes)).toBe(fault);
});
