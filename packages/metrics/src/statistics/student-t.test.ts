import { expect, it } from 'vitest';
import { studentHalfWidth, studentTwoSidedP } from './student-t.js';

/** Relative; the terms of log-gamma and the continued fraction are accurate to about 1e-14. */
const TOLERANCE = 1e-12;

// scipy 1.17.1: 2 * scipy.stats.t.sf(t, df)
it.each([
  [0, 3, 1],
  [0.5, 1, 0.7048327646991335],
  [2, 1.7, 0.20549011285266228],
  [4.302652729911275, 2, 0.04999999999651663],
  [2.5, 4.4, 0.06114630040514525],
  [1.96, 1000, 0.050273184955748736],
  [12, 30, 5.580185415199261e-13],
  [30, 2, 0.001109262681959659],
])('a t of %s or more on %s degrees of freedom has the chance %s', (t, degrees, expected) => {
  expect(Math.abs(studentTwoSidedP(t, degrees) / expected - 1)).toBeLessThan(TOLERANCE);
});

// scipy 1.17.1: scipy.stats.t.ppf((1 + confidence) / 2, df); a million degrees lose some digits
it.each([
  [0.95, 1, 12.706204736174694, TOLERANCE],
  [0.95, 2, 4.302652729749462, TOLERANCE],
  [0.9, 4.4, 2.0773632817160532, TOLERANCE],
  [0.95, 99, 1.9842169515864174, TOLERANCE],
  [0.99, 1.3, 26.057551633213905, TOLERANCE],
  [0.95, 1e6, 1.959966356814107, 1e-8],
])('%s of values on %s degrees lie within %s', (confidence, degrees, expected, tolerance) => {
  expect(Math.abs(studentHalfWidth(confidence, degrees) / expected - 1)).toBeLessThan(tolerance);
});
