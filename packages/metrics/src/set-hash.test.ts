import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashSetsByKey, setHash } from './set-hash.js';

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

type Entry = readonly [key: string, members: readonly string[]];

const hashOf = (entries: readonly Entry[]): string =>
  hashSetsByKey(
    entries,
    ([key]) => key,
    ([, members]) => members,
  );

it('hashes sets by key the same in any order of keys and members', () => {
  const entry = fc.tuple(fc.string(), fc.array(fc.string(), { maxLength: 6 }));
  const entries = fc.uniqueArray(entry, { maxLength: 20, selector: ([key]) => key });
  fc.assert(
    fc.property(entries, (sets) => {
      const turned = sets.toReversed().map(([key, members]): Entry => [key, members.toReversed()]);
      expect(hashOf(turned)).toBe(hashOf(sets));
    }),
    { seed: 4 },
  );
});

it('keeps the value of sets by key, since signatures are stored', () => {
  const sets: Entry[] = [
    ['dog.jpg', ['a dog', 'a red dog']],
    ['cat.jpg', ['a cat']],
  ];
  expect(hashOf(sets)).toBe('559d31efa8da');
});

it('tells apart which key has which members, and how often', () => {
  const variants: Entry[][] = [
    [
      ['1', ['a', 'b']],
      ['2', ['c']],
    ],
    [
      ['1', ['c']],
      ['2', ['a', 'b']],
    ],
    [
      ['1', ['a', 'c']],
      ['2', ['b']],
    ],
    [
      ['1', ['a', 'b', 'b']],
      ['2', ['c']],
    ],
    [
      ['1', ['ab']],
      ['2', ['c']],
    ],
    [
      ['a', ['1']],
      ['b', ['1']],
      ['c', ['2']],
    ],
    [
      ['1', ['a']],
      ['2', ['c']],
    ],
  ];
  expect(new Set(variants.map(hashOf)).size).toBe(variants.length);
});

it('tells apart 20,000 runs of which each has one other word in one reference', () => {
  const sets = Array.from({ length: 200 }, (_, index): Entry => [`${index}`, ['a dog', 'a cat']]);
  const hashes = new Set<string>();
  for (let index = 0; index < sets.length; index += 1) {
    for (let word = 0; word < 100; word += 1) {
      hashes.add(hashOf(sets.with(index, [`${index}`, ['a dog', `a ${word}`]])));
    }
  }
  expect(hashes.size).toBe(20_000);
});
