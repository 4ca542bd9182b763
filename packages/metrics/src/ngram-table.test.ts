import { expect, it } from 'vitest';
import { NgramTable } from './ngram-table.js';

it('finds what it numbered, also after it has grown, and nothing else', () => {
  const table = new NgramTable(100);
  const known: [number, number][] = [];
  // 8,100 pairs in both orders of their words: more than the 4,096 slots it begins with
  for (let prefix = 0; prefix < 90; prefix += 1) {
    for (let last = 0; last < 90; last += 1) known.push([prefix, last]);
  }
  const ids = known.map(([prefix, last]) => table.idOf(prefix, last));
  expect(ids).toEqual(known.map((_, index) => 100 + index));
  expect(known.map(([prefix, last]) => table.find(prefix, last))).toEqual(ids);
  expect([...table.pairs()]).toEqual(known.flat());
  expect([table.find(90, 0), table.find(0, 90)]).toEqual([-1, -1]);

  table.clear();
  expect([table.count, table.find(0, 1)]).toEqual([100, -1]);
  expect(table.idOf(5, 4)).toBe(100);
});
