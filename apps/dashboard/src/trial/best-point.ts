import type { CurvePoint } from './merge-points';

export type Direction = 'highest' | 'lowest';

/** The first of equals; null of an empty curve. */
export function bestPoint(curve: readonly CurvePoint[], direction: Direction): CurvePoint | null {
  const sign = direction === 'highest' ? 1 : -1;
  return curve.reduce<CurvePoint | null>(
    (best, point) => (best === null || sign * (point.value - best.value) > 0 ? point : best),
    null,
  );
}
