'use client';

import type { Point } from '@capgrid/contracts';
import { formatCount, formatMeasure } from '../numbers/format-number';
import { bestPoint, type Direction } from './best-point';
import { CurveChart } from './curve-chart';
import { curveOf, type CurvePoint } from './merge-points';
import s from './trial.module.css';

type Shown = {
  name: Point['name'];
  title: string;
  noun: string;
  describe: (curve: CurvePoint[]) => string;
  /** Few points: each is marked. */
  hasDots: boolean;
};

/** In this order, each where the training measures it. */
const SHOWN: readonly Shown[] = [
  {
    name: 'train/loss',
    title: 'Training loss',
    noun: 'loss',
    describe: describeEnds,
    hasDots: false,
  },
  {
    name: 'val/perplexity',
    title: 'Validation perplexity',
    noun: 'perplexity',
    describe: (curve) => describeBest(curve, 'lowest'),
    hasDots: true,
  },
  {
    name: 'train/reward',
    title: 'Reward of drawn captions',
    noun: 'reward',
    describe: describeEnds,
    hasDots: false,
  },
  {
    name: 'val/cider-d',
    title: 'Validation CIDEr-D of greedy captions',
    noun: 'CIDEr-D (0 to 10)',
    describe: (curve) => describeBest(curve, 'highest'),
    hasDots: true,
  },
  {
    name: 'train/learning-rate',
    title: 'Learning rate',
    noun: 'learning rate',
    describe: describeEnds,
    hasDots: false,
  },
  {
    name: 'train/gradient-norm',
    title: 'Gradient norm before clipping',
    noun: 'gradient norm',
    describe: describeEnds,
    hasDots: false,
  },
  {
    name: 'val/attention-entropy',
    title: 'Entropy of the attention',
    noun: 'entropy in nats',
    describe: describeEnds,
    hasDots: true,
  },
  {
    name: 'val/attention-max',
    title: 'Largest attention weight',
    noun: 'largest weight',
    describe: describeEnds,
    hasDots: true,
  },
  {
    name: 'train/tokens-per-second',
    title: 'Words and end marks per second',
    noun: 'words a second',
    describe: describeEnds,
    hasDots: false,
  },
];

export function TrainingCurves({ points }: { points: Point[] }) {
  const curves = SHOWN.map((shown) => ({ ...shown, curve: curveOf(points, shown.name) })).filter(
    ({ curve }) => curve.length > 0,
  );
  if (curves.length === 0) {
    return <p className={s.soft}>No losses yet; the curves appear with the first ones.</p>;
  }
  return (
    <div className={s.charts}>
      {curves.map(({ name, title, noun, describe, hasDots, curve }) => (
        <CurveChart
          key={name}
          title={title}
          noun={noun}
          curve={curve}
          summary={describe(curve)}
          hasDots={hasDots}
        />
      ))}
    </div>
  );
}

function describeEnds(curve: CurvePoint[]): string {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) return '';
  return `From ${formatMeasure(first.value)} at step ${formatCount(first.step)} to ${formatMeasure(last.value)} at step ${formatCount(last.step)}.`;
}

function describeBest(curve: CurvePoint[], direction: Direction): string {
  const best = bestPoint(curve, direction);
  if (best === null) return '';
  const which = direction === 'highest' ? 'Highest' : 'Lowest';
  const times = curve.length === 1 ? 'one validation' : `${formatCount(curve.length)} validations`;
  return `${which} ${formatMeasure(best.value)} at step ${formatCount(best.step)}, of ${times}.`;
}
