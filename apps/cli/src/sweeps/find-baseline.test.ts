import { expect, test } from 'vitest';
import { findBaseline } from './find-baseline.js';

const FACTORS = [
  { path: 'model.attention.kind', label: 'attention' },
  { path: 'decode.beam', label: 'beam' },
  { path: 'model.weightNorm', label: 'weight norm' },
];
const ROWS = [
  ['none', 1, true],
  ['none', 3, true],
  ['mlp', 1, false],
].map(([attention, beam, weightNorm]) => ({
  assignment: {
    'model.attention.kind': attention ?? null,
    'decode.beam': beam ?? null,
    'model.weightNorm': weightNorm ?? null,
  },
  trialIds: [],
  seedsFinished: 1,
  seedsTotal: 1,
  scores: {},
  mixed: {},
  missing: [],
  published: null,
}));
const TABLE = { factors: FACTORS, rows: ROWS };

test.each([
  ['2', 1],
  ['attention=mlp', 2],
  ['attention=none, beam=3', 1],
  ['weight norm=off', 2],
  ['model.weightNorm=false', 2],
])('%j is the row of index %i', (wanted, index) => {
  expect(findBaseline(TABLE, wanted)).toBe(index);
});

test.each([
  ['4', '--baseline "4": the table has rows 1 to 3.'],
  ['0', '--baseline "0": the table has rows 1 to 3.'],
  ['beam=5', '--baseline "beam=5": no row has these levels.'],
  ['depth=5', 'write FACTOR=LEVEL; the factors are "attention", "beam", "weight norm".'],
  ['mlp', 'write FACTOR=LEVEL'],
  ['attention=none', '2 rows have these levels: 1 ('],
])('%j is refused with the reason', (wanted, reason) => {
  expect(() => findBaseline(TABLE, wanted)).toThrow(reason);
});
