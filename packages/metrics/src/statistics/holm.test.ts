import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holm } from './holm.js';

const RUNS = { seed: 4, numRuns: 200 };
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

it('multiplies the smallest of four by 4, the next by 3, and never goes down', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
});

it('gives equal p-values equal results and stops at 1', () => {
  expect(holm([0.02, 0.02, 0.02])).toEqual([0.06, 0.06, 0.06]);
  expect(holm([0.5, 0.9])).toEqual([1, 1]);
  expect(holm([0.03])).toEqual([0.03]);
  expect(holm([])).toEqual([]);
});

it('is never below the p-value, keeps the order, and lies between raw and Bonferroni', () => {
  fc.assert(
    fc.property(pValues, (raw) => {
      const adjusted = holm(raw);
      for (const [index, p] of raw.entries()) {
        expect(adjusted[index]).toBeGreaterThanOrEqual(p);
        expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, raw.length * p));
        for (const [other, q] of raw.entries()) {
          if (p <= q) expect(adjusted[index]).toBeLessThanOrEqual(adjusted[other]!);
        }
      }
    }),
    RUNS,
  );
});

it.each([NaN, -0.1, 1.5])('refuses the p-value %s and names its place', (p) => {
  expect(() => holm([0.5, p])).toThrow(
    expect.objectContaining({
      code: 'invalid-p-value',
      message: expect.stringContaining(`index 1 is ${p}`),
    }),
  );
});
