import { expect, test } from 'vitest';
import { heUniform, orthogonalRows } from './initialisers.js';
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

test.each([6, 600])('He: ±sqrt(6 / fan-in) for a fan-in of %i', (fanIn) => {
  const values = heUniform(fanIn)(Rng.from(1), 1000);
  const [largest, smallest] = [Math.max(...values), Math.min(...values)];
  const bound = Math.sqrt(6 / fanIn);
  for (const extreme of [largest, -smallest]) {
    expect(extreme).toBeLessThanOrEqual(bound);
    expect(extreme).toBeGreaterThan(0.99 * bound);
  }
});
