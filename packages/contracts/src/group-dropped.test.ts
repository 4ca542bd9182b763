import { expect, test } from 'vitest';
import { groupDropped } from './group-dropped.js';
import { DroppedCell } from './sweep.js';

function cell(hidden: number, seed: number, cause: string | null, message = cause): DroppedCell {
  const assignment = { 'model.hidden': hidden };
  return { assignment, seed, reason: 'duplicate', cause, message: message ?? '', issues: [] };
}

const ALL = { causes: 10, examples: 10 };

test('cells of one cause are told together, whatever their messages', () => {
  const cells = [1, 2, 3, 4].map((seed) => cell(10, seed, 'no use', `like ${seed}: no use`));
  expect(groupDropped([...cells, cell(12, 1, 'no use', 'like 5: no use')], ALL)).toEqual({
    cells: 5,
    causes: [
      {
        reason: 'duplicate',
        cause: 'no use',
        cells: 5,
        examples: ['model.hidden=10, seeds 1, 2, 3 and 1 more', 'model.hidden=12, seed 1'],
        unlisted: 0,
      },
    ],
    unlisted: { causes: 0, cells: 0 },
  });
});

test('a single cell has its message, and so has a cell of before causes were recorded', () => {
  const before = [12, 14].map((hidden) => {
    const { cause: _cause, ...stored } = cell(hidden, 1, null, 'like 16: no use');
    return DroppedCell.parse(stored);
  });
  const dropped = [cell(10, 1, 'no use', 'like 12: no use'), ...before];
  const { causes } = groupDropped(dropped, ALL);
  expect(causes.map(({ cause, cells }) => [cause, cells])).toEqual([
    ['like 16: no use', 2],
    ['like 12: no use', 1],
  ]);
});

test('what all cells of a cause say alike is said', () => {
  const alike = [1, 2].map((seed) => cell(513, seed, 'odd', 'hidden is 513: odd'));
  const causesOf = (cells: DroppedCell[]) =>
    groupDropped(cells, ALL).causes.map(({ cause }) => cause);
  expect(causesOf(alike)).toEqual(['hidden is 513: odd']);
  expect(causesOf([...alike, cell(515, 1, 'odd', 'hidden is 515: odd')])).toEqual(['odd']);
});

test('one cause for two reasons is two', () => {
  const excluded: DroppedCell = { ...cell(10, 1, 'so'), reason: 'excluded' };
  expect(groupDropped([cell(10, 1, 'so'), excluded], ALL).causes).toHaveLength(2);
});

test('what is left out is counted, and causes of many cells come first', () => {
  const dropped = [
    cell(8, 1, 'rare'),
    ...[10, 12, 14].flatMap((hidden) => [1, 2].map((seed) => cell(hidden, seed, 'common'))),
    ...[1, 2].map((seed) => cell(16, seed, 'other')),
  ];
  expect(groupDropped(dropped, { causes: 1, examples: 2 })).toMatchObject({
    cells: 9,
    causes: [
      {
        cause: 'common',
        examples: ['model.hidden=10, seeds 1, 2', 'model.hidden=12, seeds 1, 2'],
        unlisted: 2,
      },
    ],
    unlisted: { causes: 2, cells: 3 },
  });
});
