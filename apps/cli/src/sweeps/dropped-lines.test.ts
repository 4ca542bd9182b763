import type { DroppedCell } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { droppedLines } from './dropped-lines.js';

function cell(hidden: number, seed: number, message: string): DroppedCell {
  const assignment = { 'model.hidden': hidden };
  return { assignment, seed, reason: 'invalid', cause: message, message, issues: [] };
}

test('a cause is told once, with its first cells and how many there are', () => {
  const cells = [10, 12, 14, 18, 20].flatMap((hidden) =>
    [1, 2, 3, 4].map((seed) => [hidden, seed]),
  );
  const lines = droppedLines([
    ...cells.map(([hidden = 0, seed = 0]) => cell(hidden, seed, 'it is no multiple')),
    cell(9, 1, 'it is \u001B[2J odd'),
  ]);
  expect(lines).toEqual([
    'dropped 20 cells: invalid, it is no multiple',
    '  model.hidden=10, seeds 1, 2, 3 and 1 more',
    '  model.hidden=12, seeds 1, 2, 3 and 1 more',
    '  model.hidden=14, seeds 1, 2, 3 and 1 more',
    '  and 8 more, all of them with --json',
    'dropped: model.hidden=9, seed 1: invalid, it is \\x1b[2J odd',
  ]);
});

test('duplicates of different trials for one cause are told together', () => {
  const cause = 'model.attention.heads makes no difference here';
  const duplicates = [1, 2].map((seed): DroppedCell => {
    const message = `the same trial as model.attention.heads=4, seed ${seed}: ${cause}`;
    const assignment = { 'model.attention.heads': 8 };
    return { assignment, seed, reason: 'duplicate', cause, message, issues: [] };
  });
  expect(droppedLines(duplicates)).toEqual([
    `dropped 2 cells: duplicate, ${cause}`,
    '  model.attention.heads=8, seeds 1, 2',
  ]);
});

test('of very many causes the first are told, and how many cells the others drop', () => {
  const odd = Array.from({ length: 1000 }, (_, i) => cell(i, 1, `${i} is odd`));
  const lines = droppedLines(odd);
  expect(lines).toHaveLength(21);
  expect(lines[0]).toBe('dropped: model.hidden=0, seed 1: invalid, 0 is odd');
  expect(lines[20]).toBe('dropped 980 more for other causes, all of them with --json');
});
