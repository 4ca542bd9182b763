/** Paired bootstrap comparison of two runs. */
import type { MetricKey } from '../metric-table.js';
import { bootstrapScores } from './bootstrap-scores.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { resamplingSettings, type ResamplingOptions } from './resampling-options.js';
import { comparableRuns, scoreOf, type ScoredRun } from './scored-run.js';
import {
  differenceOf,
  percentileInterval,
  percentilePValue,
  standardDeviation,
  type Interval,
} from './spread.js';

export interface PairedBootstrap extends ResamplingRecord {
  readonly method: 'paired-bootstrap';
  readonly metrics: readonly PairedDifference[];
}

export interface PairedDifference {
  readonly metric: MetricKey;
  readonly label: string;
  readonly baselineScore: number;
  readonly score: number;
  /** score - baselineScore, whatever direction is better; 0 where only rounding differs. */
  readonly difference: number;
  /** Percentile interval of the difference. */
  readonly interval: Interval;
  readonly standardError: number;
  /**
   * Two-sided; at most 1 - confidence exactly where `interval` leaves out 0. Never below
   * 2 / (resamples + 1), and 1 for equal captions.
   */
  readonly p: number;
  /** Share of the resamples in which the score is above the baseline's; a tie counts one half. */
  readonly shareAbove: number;
}

/**
 * Paired bootstrap over images (Koehn 2004; p-value and interval belong together, see
 * `percentilePValue`): would the difference between these two models hold on other images of the same kind? Both runs, and all
 * metrics, see the same resamples.
 *
 * @throws MetricInputError where the runs do not cover the same images with the same signatures.
 */
export function pairedBootstrap(
  baseline: ScoredRun,
  run: ScoredRun,
  options: ResamplingOptions = {},
): PairedBootstrap {
  const settings = resamplingSettings(options);
  const runs = comparableRuns([baseline, run], options.metrics);
  const count = runs.metrics.length;
  const resampled = runs.metrics.map(() => new Float64Array(settings.resamples));
  bootstrapScores(runs, settings, (resample, scores) => {
    for (const [index, differences] of resampled.entries()) {
      const [left, right] = [scores[index] ?? NaN, scores[count + index] ?? NaN];
      differences[resample] = differenceOf(left, right);
    }
  });
  const [ofBaseline = [], ofRun = []] = runs.statistics;
  return {
    method: 'paired-bootstrap',
    ...recordOf(settings, runs.images),
    metrics: resampled.flatMap((differences, index) => {
      const [left, right] = [ofBaseline[index], ofRun[index]];
      if (left === undefined || right === undefined) return [];
      const [baselineScore, score] = [scoreOf(left), scoreOf(right)];
      return [
        {
          metric: right.metric,
          label: right.label,
          baselineScore,
          score,
          difference: differenceOf(baselineScore, score),
          interval: percentileInterval(differences, settings.confidence),
          standardError: standardDeviation(differences),
          p: percentilePValue(differences),
          shareAbove: shareAbove(differences),
        },
      ];
    }),
  };
}

function shareAbove(differences: Float64Array): number {
  let twice = 0;
  for (const difference of differences) twice += Math.sign(difference) + 1;
  return twice / 2 / differences.length;
}
