/** Options that all resampling methods share, and their limits. */
import { MetricInputError } from '../metric-input-error.js';
import { METRIC_KEYS, type MetricKey } from '../metric-table.js';
import { tailRank } from './spread.js';

export interface ResamplingOptions {
  /** Of the generator, an integer in 0..2^32-1; default 1. The same seed gives the same draws. */
  readonly seed?: number | undefined;
  /** Resamples of a bootstrap, or trials of a randomization test, from 100 on; default 1000. */
  readonly resamples?: number | undefined;
  /** Share of an interval that lies between its ends, in 0..1; default 0.95. */
  readonly confidence?: number | undefined;
  /** Default: every metric that all systems have. A metric named here must be there; once each. */
  readonly metrics?: readonly MetricKey[] | undefined;
}

/** The settings in a result, enough to compute it again. */
export interface ResamplingSettings {
  readonly seed: number;
  readonly resamples: number;
  readonly confidence: number;
}

export const DEFAULT_RESAMPLES = 1000;
/** Fewer say nothing about a variance, and too little about the ends of an interval. */
export const MIN_RESAMPLES = 100;
/** More would take memory without showing in a digit that is printed. */
export const MAX_RESAMPLES = 1_000_000;

/** @throws MetricInputError with code `invalid-resampling-option`. */
export function resamplingSettings(options: ResamplingOptions): ResamplingSettings {
  const { seed = 1, resamples = DEFAULT_RESAMPLES, confidence = 0.95, metrics } = options;
  check(
    Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
    `The resampling seed is ${seed}; it must be an integer in 0..4294967295.`,
  );
  check(
    Number.isInteger(resamples) && resamples >= MIN_RESAMPLES && resamples <= MAX_RESAMPLES,
    `The number of resamples is ${resamples}; it must be an integer in ` +
      `${MIN_RESAMPLES}..${MAX_RESAMPLES}, 1000 is usual.`,
  );
  check(
    confidence > 0 && confidence < 1,
    `The confidence is ${confidence}; it must lie between 0 and 1, as 0.95 for 95%.`,
  );
  check(
    tailRank(resamples, confidence) >= 1,
    `${resamples} resamples are too few for an interval with the confidence ${confidence}; take ` +
      `at least ${Math.ceil(2 / (1 - confidence))} or lower the confidence.`,
  );
  const unknown = metrics?.find((metric) => !METRIC_KEYS.includes(metric));
  check(
    unknown === undefined,
    `There is no metric "${unknown}". Metrics are ${METRIC_KEYS.join(', ')}.`,
  );
  check(
    metrics?.length !== 0,
    'The list of metrics is empty. Name at least one, or leave the list out.',
  );
  const twice = metrics?.find((metric, index) => metrics.indexOf(metric) !== index);
  check(
    twice === undefined,
    `The metric "${twice}" is named twice, which would count each of its tests twice. Name it once.`,
  );
  return { seed, resamples, confidence };
}

function check(isValid: boolean, message: string): void {
  if (!isValid) throw new MetricInputError('invalid-resampling-option', message);
}
