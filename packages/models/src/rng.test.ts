import { expect, test } from 'vitest';
import { Rng } from './rng.js';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number): number[] => {
    const rng = Rng.from(seed);
    return Array.from({ length: 5 }, () => rng.uniform());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(8)).not.toEqual(draw(7));
  expect(draw(2 ** 32 + 7)).not.toEqual(draw(7));
});

test('forks of two labels differ, and leave the parent alone', () => {
  const rng = Rng.from(1);
  expect(rng.fork('a').uniform()).not.toBe(rng.fork('b').uniform());
  expect(rng.fork('a').uniform()).toBe(rng.fork('a').uniform());
  expect(rng.uniform()).toBe(Rng.from(1).uniform());
});

test('moments of the uniform and normal numbers are right', () => {
  const rng = Rng.from(3);
  const size = 20_000;
  const uniform = Array.from({ length: size }, () => rng.uniform());
  const normal = Array.from({ length: size }, () => rng.normal());
  const mean = (xs: number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
  // Four standard errors: 0.289 / sqrt(size) and 1 / sqrt(size); for a variance sqrt(2 / size).
  expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan((4 * 0.289) / Math.sqrt(size));
  expect(Math.abs(mean(normal))).toBeLessThan(4 / Math.sqrt(size));
  expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(4 * Math.sqrt(2 / size));
});

test('a shuffle keeps every item', () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = Rng.from(1).shuffle([...items]);
  expect(shuffled).not.toEqual(items);
  expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
});
