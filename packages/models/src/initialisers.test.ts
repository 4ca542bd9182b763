import { expect, test } from 'vitest';
import { orthogonalRows } from './initialisers.js';
import { Rng } from './rng.js';
import { dot, parts } from './testing/plain-numbers.js';

test.each([
  [4, 4],
  [3, 12],
])('%i rows of %i columns start orthogonal to each other and 1.414 long', (rows, columns) => {
  const values = orthogonalRows(rows, columns)(Rng.from(1), rows * columns);
  const matrix = parts([...values], rows);
  for (const [i, a] of matrix.entries()) {
    for (const [j, b] of matrix.entries()) {
      expect(dot(a, b)).toBeCloseTo(i === j ? 1.414 ** 2 : 0, 5);
    }
  }
});
