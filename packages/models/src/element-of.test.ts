import { expect, test } from 'vitest';
import { elementOf } from './element-of.js';

test('an element that is there, zero too', () => {
  expect(elementOf(Float32Array.of(3, 0), 1)).toBe(0);
  expect(elementOf(['a', 'b'], 0)).toBe('a');
});

test.each([-1, 2, Number.NaN])('the index %f of two elements is an error', (index) => {
  expect(() => elementOf([5, 6], index)).toThrow(`no element ${index} among 2`);
});
