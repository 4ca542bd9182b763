/** Compares two matrices row by row. */
import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** `rows`: which are compared. */
export function expectRowsClose(a: tf.Tensor, b: tf.Tensor, rows: readonly boolean[]): void {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [a.dataSync(), b.dataSync()];
  const width = a.shape[1] ?? 0;
  for (const [row, isCompared] of rows.entries()) {
    if (!isCompared) continue;
    for (let i = row * width; i < (row + 1) * width; i += 1)
      expect(x[i]).toBeCloseTo(y[i] ?? Number.NaN, 4);
  }
}
