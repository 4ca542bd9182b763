/** Confidence intervals of one run's scores. */
import type { MetricKey } from '../metric-table.js';
import { bootstrapScores } from './bootstrap-scores.js';
import { RESAMPLING_GENERATOR } from './draws.js';
import { IDF_UNDER_RESAMPLING, type MetricStatistics } from './metric-statistics.js';
import {
  resamplingSettings,
  type ResamplingOptions,
  type ResamplingSettings,
} from './resampling-options.js';
import { comparableRuns, scoreOf } from './scored-run.js';
import { percentileInterval, standardDeviation, type Interval } from './spread.js';

/** What every resampling result says about how it came about. */
export interface ResamplingRecord extends ResamplingSettings {
  readonly generator: typeof RESAMPLING_GENERATOR;
  readonly images: number;
  /** See `IDF_UNDER_RESAMPLING`. */
  readonly idf: typeof IDF_UNDER_RESAMPLING;
}

export interface ConfidenceIntervals extends ResamplingRecord {
  readonly method: 'percentile-bootstrap';
  readonly metrics: readonly ScoreInterval[];
}

export interface ScoreInterval {
  readonly metric: MetricKey;
  readonly label: string;
  readonly score: number;
  readonly interval: Interval;
  /** Standard deviation of the resampled scores. */
  readonly standardError: number;
}

/**
 * Percentile bootstrap over images (Efron and Tibshirani 1993, ch. 13): how much the score of this
 * very model would move with other images of the same kind. It says nothing about other training
 * seeds. All metrics see the same resamples.
 *
 * @throws MetricInputError for invalid options, a metric that is missing, and fewer than two images.
 */
export function confidenceInterval(
  statistics: readonly MetricStatistics[],
  options: ResamplingOptions = {},
): ConfidenceIntervals {
  const settings = resamplingSettings(options);
  const runs = comparableRuns([{ name: 'the scored captions', statistics }], options.metrics);
  const resampled = runs.metrics.map(() => new Float64Array(settings.resamples));
  bootstrapScores(runs, settings, (resample, scores) => {
    for (const [index, values] of resampled.entries()) values[resample] = scores[index] ?? NaN;
  });
  return {
    method: 'percentile-bootstrap',
    ...recordOf(settings, runs.images),
    metrics: (runs.statistics[0] ?? []).map((ofMetric, index) => {
      const values = resampled[index] ?? new Float64Array();
      return {
        metric: ofMetric.metric,
        label: ofMetric.label,
        score: scoreOf(ofMetric),
        interval: percentileInterval(values, settings.confidence),
        standardError: standardDeviation(values),
      };
    }),
  };
}

export function recordOf(settings: ResamplingSettings, images: number): ResamplingRecord {
  return { ...settings, generator: RESAMPLING_GENERATOR, images, idf: IDF_UNDER_RESAMPLING };
}
