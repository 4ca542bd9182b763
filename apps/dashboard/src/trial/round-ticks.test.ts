import { expect, test } from 'vitest';
import { roundTicks } from './round-ticks';

test('ticks are round, few, and none lies behind the data', () => {
  expect(roundTicks(1, 7)).toEqual([0, 1]);
  expect(roundTicks(60, 7)).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(roundTicks(61, 6)).toEqual([0, 20, 40, 60]);
  expect(roundTicks(1128, 7)).toEqual([0, 200, 400, 600, 800, 1000]);
  expect(roundTicks(4_999_999, 7)).toEqual([0, 1e6, 2e6, 3e6, 4e6]);
});
