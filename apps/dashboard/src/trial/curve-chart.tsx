'use client';

/** One curve with its summary in words and its numbers in a table. */
import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { formatCount, formatMeasure } from '../numbers/format-number';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import type { CurvePoint } from './merge-points';
import { roundTicks } from './round-ticks';
import { thinCurve } from './thin-curve';
import s from './trial.module.css';

/** More than a screen has columns for. */
const MOST_POINTS = 500;
const MOST_ROWS = 100;
const MOST_TICKS = 7;

type CurveChartProps = {
  title: string;
  /** What a value is called in a sentence. */
  noun: string;
  curve: CurvePoint[];
  summary: string;
  hasDots?: boolean;
  format?: (value: number) => string;
};

export function CurveChart({
  title,
  noun,
  curve,
  summary,
  hasDots = false,
  format = formatMeasure,
}: CurveChartProps) {
  const last = Math.max(1, curve.at(-1)?.step ?? 0);
  return (
    <figure className={s.chart}>
      <figcaption>
        <h3>{title}</h3>
        <p>{summary}</p>
      </figcaption>
      <div className={s.plot} aria-hidden="true">
        <ResponsiveContainer width="100%" height={220}>
          <LineChart
            data={thinCurve(curve, MOST_POINTS)}
            margin={{ top: 8, right: 12, bottom: 4, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--hairline)" />
            <XAxis
              dataKey="step"
              type="number"
              domain={[0, last]}
              ticks={roundTicks(last, MOST_TICKS)}
              tickFormatter={formatCount}
              tick={{ fill: 'var(--ink-soft)', fontSize: 11 }}
              stroke="var(--edge)"
              tickLine={false}
            />
            <YAxis
              domain={['auto', 'auto']}
              niceTicks="snap125"
              width={48}
              tickFormatter={formatTick}
              tick={{ fill: 'var(--ink-soft)', fontSize: 11 }}
              axisLine={false}
              tickLine={false}
            />
            <Tooltip
              isAnimationActive={false}
              formatter={(value) => [typeof value === 'number' ? format(value) : value, noun]}
              labelFormatter={(step) => `step ${formatCount(Number(step))}`}
              contentStyle={{
                background: 'var(--sheet)',
                border: '1px solid var(--edge)',
                borderRadius: 4,
                fontSize: 12,
              }}
              itemStyle={{ color: 'var(--ink)' }}
            />
            <Line
              dataKey="value"
              type="linear"
              stroke="var(--accent)"
              strokeWidth={1.5}
              dot={hasDots ? { r: 2.5, fill: 'var(--accent)', strokeWidth: 0 } : false}
              isAnimationActive={false}
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
      <details className={s.numbers}>
        <summary>Numbers</summary>
        <CurveTable title={title} noun={noun} curve={thinCurve(curve, MOST_ROWS)} format={format} />
      </details>
    </figure>
  );
}

type CurveTableProps = Pick<CurveChartProps, 'title' | 'noun' | 'curve'> &
  Required<Pick<CurveChartProps, 'format'>>;

function CurveTable({ title, noun, curve, format }: CurveTableProps) {
  return (
    <ScrollRegion label={`${title} by step`} rows={curve.length}>
      <table className={t.table}>
        <caption className="spoken">{title} by step</caption>
        <thead>
          <tr>
            <th scope="col" className={t.number}>
              step
            </th>
            <th scope="col" className={t.number}>
              {noun}
            </th>
          </tr>
        </thead>
        <tbody>
          {curve.map(({ step, value }) => (
            <tr key={step}>
              <th scope="row" className={t.number}>
                {formatCount(step)}
              </th>
              <td className={t.number}>{format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** As few digits as the tick needs; there is room for seven. */
function formatTick(value: number): string {
  const short = Number(value.toPrecision(4));
  return short !== 0 && Math.abs(short) < 0.001 ? short.toExponential() : String(short);
}
