'use client';

import type { Point } from '@capgrid/contracts';
import { formatCount, formatMeasure } from '../numbers/format-number';
import { CurveChart } from './curve-chart';
import { curveOf, type CurvePoint } from './merge-points';
import s from './trial.module.css';

export function TrainingCurves({ points }: { points: Point[] }) {
  const loss = curveOf(points, 'train/loss');
  const perplexity = curveOf(points, 'val/perplexity');
  if (loss.length === 0 && perplexity.length === 0) {
    return <p className={s.soft}>No losses yet; the curves appear with the first ones.</p>;
  }
  return (
    <div className={s.charts}>
      {loss.length > 0 && (
        <CurveChart title="Training loss" noun="loss" curve={loss} summary={describeLoss(loss)} />
      )}
      {perplexity.length > 0 && (
        <CurveChart
          title="Validation perplexity"
          noun="perplexity"
          curve={perplexity}
          summary={describePerplexity(perplexity)}
          hasDots
        />
      )}
    </div>
  );
}

function describeLoss(curve: CurvePoint[]): string {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) return '';
  return `From ${formatMeasure(first.value)} at step ${formatCount(first.step)} to ${formatMeasure(last.value)} at step ${formatCount(last.step)}.`;
}

function describePerplexity(curve: CurvePoint[]): string {
  const [first, ...rest] = curve;
  if (first === undefined) return '';
  const best = rest.reduce((least, point) => (point.value < least.value ? point : least), first);
  const times = curve.length === 1 ? 'one validation' : `${formatCount(curve.length)} validations`;
  return `Lowest ${formatMeasure(best.value)} at step ${formatCount(best.step)}, of ${times}.`;
}
