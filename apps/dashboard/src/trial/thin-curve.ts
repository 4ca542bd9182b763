/**
 * Largest triangle three buckets (Steinarsson 2013, chapter 4.2): keeps the points that carry the
 * shape of a curve, with its first and last point, so that a chart stays quick at any length.
 */
import type { CurvePoint } from './merge-points';

export function thinCurve(curve: readonly CurvePoint[], most: number): CurvePoint[] {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined || curve.length <= most || most < 3) {
    return [...curve];
  }
  const inner = curve.slice(1, -1);
  const kept = [first];
  let previous = first;
  for (let bucket = 0; bucket < most - 2; bucket += 1) {
    const points = bucketOf(inner, bucket, most - 2);
    const following = bucketOf(inner, bucket + 1, most - 2);
    const target = centre(following.length > 0 ? following : [last]);
    previous = widest(previous, points, target);
    kept.push(previous);
  }
  return [...kept, last];
}

function bucketOf(points: readonly CurvePoint[], bucket: number, buckets: number): CurvePoint[] {
  const edge = (index: number) => Math.floor((index * points.length) / buckets);
  return points.slice(edge(bucket), edge(bucket + 1));
}

function centre(points: readonly CurvePoint[]): CurvePoint {
  const mean = (pick: (point: CurvePoint) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  return { step: mean(({ step }) => step), value: mean(({ value }) => value) };
}

/** The point that spans the largest triangle with its two neighbours. */
function widest(before: CurvePoint, points: readonly CurvePoint[], after: CurvePoint): CurvePoint {
  let best = before;
  let bestArea = -1;
  for (const point of points) {
    const area = Math.abs(
      (before.step - after.step) * (point.value - before.value) -
        (before.step - point.step) * (after.value - before.value),
    );
    if (area > bestArea) {
      best = point;
      bestArea = area;
    }
  }
  return best;
}
