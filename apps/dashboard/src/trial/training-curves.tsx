'use client';

import { type Attempt, type Point, toPrintUnit, type Training } from '@capgrid/contracts';
import { formatCount, formatFixed, formatMeasure } from '../numbers/format-number';
import { bestPoint, type Direction } from './best-point';
import { CurveChart } from './curve-chart';
import { curveOf, type CurvePoint } from './merge-points';
import s from './trial.module.css';
import { whyNoCurves } from './why-missing';

type Shown = {
  name: Point['name'];
  title: string;
  noun: string;
  describe: (curve: CurvePoint[]) => string;
  /** Few points: each is marked. */
  hasDots: boolean;
  /** From the value of a point to the one that is shown; as it is where absent. */
  scale?: (value: number) => number;
  format?: Format;
};

type Format = (value: number) => string;

const printCiderD: Format = (value) => formatFixed(value, 1);

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
    title: 'Validation CIDEr-D of greedy captions, times 100',
    noun: 'CIDEr-D, times 100',
    describe: (curve) => describeBest(curve, 'highest', printCiderD),
    hasDots: true,
    scale: (value) => toPrintUnit('ciderD', value),
    format: printCiderD,
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

type TrainingCurvesProps = { training: Training; attempts: Attempt[]; points: Point[] };

export function TrainingCurves({ training, attempts, points }: TrainingCurvesProps) {
  const curves = SHOWN.map((shown) => ({ ...shown, curve: shownCurve(points, shown) })).filter(
    ({ curve }) => curve.length > 0,
  );
  if (curves.length === 0) return <p className={s.soft}>{whyNoCurves(training, attempts)}</p>;
  return (
    <div className={s.charts}>
      {curves.map(({ name, title, noun, describe, hasDots, format, curve }) => (
        <CurveChart
          key={name}
          title={title}
          noun={noun}
          curve={curve}
          summary={describe(curve)}
          hasDots={hasDots}
          {...(format === undefined ? {} : { format })}
        />
      ))}
    </div>
  );
}

function shownCurve(points: Point[], { name, scale }: Shown): CurvePoint[] {
  const curve = curveOf(points, name);
  if (scale === undefined) return curve;
  return curve.map(({ step, value }) => ({ step, value: scale(value) }));
}

function describeEnds(curve: CurvePoint[]): string {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) return '';
  return `From ${formatMeasure(first.value)} at step ${formatCount(first.step)} to ${formatMeasure(last.value)} at step ${formatCount(last.step)}.`;
}

function describeBest(
  curve: CurvePoint[],
  direction: Direction,
  format: Format = formatMeasure,
): string {
  const best = bestPoint(curve, direction);
  if (best === null) return '';
  const which = direction === 'highest' ? 'Highest' : 'Lowest';
  const times = curve.length === 1 ? 'one validation' : `${formatCount(curve.length)} validations`;
  return `${which} ${format(best.value)} at step ${formatCount(best.step)}, of ${times}.`;
}
