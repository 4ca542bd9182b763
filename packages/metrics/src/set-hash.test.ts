import fc from 'fast-check';
import { expect, it } from 'vitest';
import { setHash } from './set-hash.js';

it('is 12 hexadecimal digits, the same in any order', () => {
  expect(setHash(['dog.jpg', 'cat.jpg'])).toMatch(/^[0-9a-f]{12}$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 20 }), (members) => {
      expect(setHash(members.toReversed())).toBe(setHash(members));
    }),
    { seed: 4 },
  );
});

it('keeps its value, since signatures are stored', () => {
  expect(setHash(['dog.jpg', 'cat.jpg'])).toBe('b93b93d38568');
});

it('tells apart sets of numbered images that differ in one member', () => {
  const ids = Array.from({ length: 2000 }, (_, index) => String(index));
  const hashes = ids.map((left) => setHash(ids.filter((id) => id !== left)));
  expect(new Set(hashes).size).toBe(2000);
  // moving a character from one member to the next
  expect(setHash(['ab', 'c'])).not.toBe(setHash(['a', 'bc']));
});
