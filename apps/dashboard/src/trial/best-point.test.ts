import { expect, test } from 'vitest';
import { bestPoint } from './best-point';

const CURVE = [
  { step: 0, value: 0.8 },
  { step: 200, value: 0.93 },
  { step: 400, value: 0.93 },
  { step: 600, value: 0.7 },
];

test('the best of a curve is the first of its highest or lowest points', () => {
  expect(bestPoint(CURVE, 'highest')).toEqual({ step: 200, value: 0.93 });
  expect(bestPoint(CURVE, 'lowest')).toEqual({ step: 600, value: 0.7 });
  expect(bestPoint([], 'highest')).toBeNull();
});
