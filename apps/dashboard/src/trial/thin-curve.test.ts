import { expect, test } from 'vitest';
import { curveOf, mergePoints } from './merge-points';
import { thinCurve } from './thin-curve';

const curve = (length: number) =>
  Array.from({ length }, (_, step) => ({ step, value: step === 777 ? 9 : 1 / (step + 1) }));

test('a short curve is left as it is', () => {
  expect(thinCurve(curve(10), 500)).toEqual(curve(10));
});

test('a long curve keeps its ends, its peak and at most the points asked for', () => {
  const thinned = thinCurve(curve(5000), 500);
  expect(thinned).toHaveLength(500);
  expect(thinned[0]).toEqual({ step: 0, value: 1 });
  expect(thinned.at(-1)?.step).toBe(4999);
  expect(thinned).toContainEqual({ step: 777, value: 9 });
});

test('points that come twice or late count once and in order', () => {
  const point = (step: number, value: number) => ({ name: 'train/loss' as const, step, value });
  const merged = mergePoints([point(2, 0.5), point(1, 0.9)], [point(2, 0.4), point(3, 0.3)]);
  expect(curveOf(merged, 'train/loss')).toEqual([
    { step: 1, value: 0.9 },
    { step: 2, value: 0.4 },
    { step: 3, value: 0.3 },
  ]);
  expect(curveOf(merged, 'val/perplexity')).toEqual([]);
});
