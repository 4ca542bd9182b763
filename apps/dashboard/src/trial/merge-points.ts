/** Points may come twice and out of order; each (name, step) counts once, the newest value wins. */
import type { Point } from '@capgrid/contracts';

export function mergePoints(known: readonly Point[], fresh: readonly Point[]): Point[] {
  const byPlace = new Map(
    [...known, ...fresh].map((point) => [`${point.name} ${point.step}`, point]),
  );
  return [...byPlace.values()].sort((a, b) => a.step - b.step);
}

export type CurvePoint = { step: number; value: number };

export function curveOf(points: readonly Point[], name: Point['name']): CurvePoint[] {
  return points
    .filter((point) => point.name === name)
    .map(({ step, value }) => ({ step, value }))
    .sort((a, b) => a.step - b.step);
}
