/** Compares a tensor with numbers computed in float64. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { at } from './op-case.js';

/**
 * Engines compute in float32 (2^-24 = 6e-8 relative), over some tens of terms of size 1 to 20: sums
 * may differ by about 1e-5 from float64.
 */
const TOLERANCE = 2e-5;

export function expectClose(actual: Tensor, expected: readonly number[], what: string): void {
  const values = [...actual.dataSync()];
  expect(values.length, `elements of ${what}`).toBe(expected.length);
  for (const [i, value] of values.entries()) {
    const error = Math.abs(value - at(expected, i));
    const limit = TOLERANCE * (1 + Math.abs(at(expected, i)));
    // Written so that NaN fails.
    expect(error <= limit, `${what}[${i}]: ${value}, expected ${at(expected, i)}`).toBe(true);
  }
}
