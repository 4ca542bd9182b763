/** Runs of systems, and the checks that make two of them comparable. */
import { MetricInputError } from '../metric-input-error.js';
import { METRIC_KEYS, METRICS, type MetricKey } from '../metric-table.js';
import type { MetricStatistics } from './metric-statistics.js';

/** One set of candidates with its statistics, from `resamplingStatistics`. */
export interface ScoredRun {
  /** For results and messages: a file, a trial, a system with its seed. */
  readonly name: string;
  readonly statistics: readonly MetricStatistics[];
}

/** Runs with the same metrics in the same order on the same images. */
export interface ComparableRuns {
  readonly images: number;
  readonly metrics: readonly MetricKey[];
  /** [runs][metrics] */
  readonly statistics: readonly (readonly MetricStatistics[])[];
}

/**
 * Picks the metrics to compare and checks that all runs cover the same images with equal signatures.
 * Names of runs need not differ.
 *
 * @throws MetricInputError for other images, other signatures, a metric of `wanted` that a run lacks,
 * no metric in common, and fewer than two images, of which no resample says anything.
 */
export function comparableRuns(
  runs: readonly ScoredRun[],
  wanted?: readonly MetricKey[],
): ComparableRuns {
  const [first] = runs;
  if (first === undefined) {
    throw new MetricInputError('no-systems', 'There are 0 runs to compare. Pass at least one.');
  }
  const metrics = wanted ?? commonMetrics(runs);
  const statistics = runs.map((run) => metrics.map((metric) => statisticsOf(run, metric)));
  const imageIds = first.statistics[0]?.imageIds ?? [];
  for (const run of runs) {
    if (run.statistics.some((metric) => metric.imageIds !== imageIds)) assertSameImages(first, run);
  }
  for (const [index, ofRun] of statistics.entries()) {
    for (const [column, { signature, metric }] of ofRun.entries()) {
      const expected = statistics[0]?.[column]?.signature;
      if (signature === expected) continue;
      throw new MetricInputError(
        'signatures-differ',
        `${METRICS[metric].name} was not computed alike. "${first.name}": ${expected}. ` +
          `"${runs[index]?.name}": ${signature}. Score both with the same settings and references.`,
      );
    }
  }
  if (imageIds.length < 2) {
    throw new MetricInputError(
      'too-few-images',
      `There is only image "${imageIds[0]}". Resampling needs at least 2 images, and some hundred ` +
        'to be of use.',
    );
  }
  return { images: imageIds.length, metrics, statistics };
}

/** Score of the full set. */
export function scoreOf(statistics: MetricStatistics): number {
  return statistics.fromSums(columnSums(statistics), statistics.images);
}

export function columnSums({ columns, width, images }: MetricStatistics): Float64Array {
  return Float64Array.from({ length: width }, (_, column) =>
    columns.subarray(column * images, (column + 1) * images).reduce((sum, x) => sum + x, 0),
  );
}

function commonMetrics(runs: readonly ScoredRun[]): readonly MetricKey[] {
  const common = METRIC_KEYS.filter((key) =>
    runs.every(({ statistics }) => statistics.some(({ metric }) => metric === key)),
  );
  if (common.length === 0) {
    throw new MetricInputError(
      'no-common-metric',
      `No metric that can be resampled is in all of ${runs.map(({ name }) => `"${name}"`).join(', ')}. ` +
        'Score them with the same metrics.',
    );
  }
  return common;
}

function statisticsOf({ name, statistics }: ScoredRun, key: MetricKey): MetricStatistics {
  const found = statistics.find(({ metric }) => metric === key);
  if (found !== undefined) return found;
  throw new MetricInputError(
    'missing-metric',
    `"${name}" has no statistics of ${METRICS[key].name}; it has ` +
      `${statistics.map(({ label }) => label).join(', ')}. Score it with that metric, or leave the ` +
      'metric out. Distinct-n and the vocabulary cannot be resampled.',
  );
}

function assertSameImages(first: ScoredRun, other: ScoredRun): void {
  const ids = first.statistics[0]?.imageIds ?? [];
  for (const { imageIds } of other.statistics) {
    const missing = without(ids, imageIds);
    const added = without(imageIds, ids);
    if (missing.length === 0 && added.length === 0) continue;
    throw new MetricInputError(
      'image-sets-differ',
      `"${first.name}" and "${other.name}" do not cover the same images: ` +
        `${onlyIn(first.name, missing)}, ${onlyIn(other.name, added)}. Score both on the same images.`,
    );
  }
}

function without(ids: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return ids.filter((id) => !known.has(id));
}

function onlyIn(name: string, ids: readonly string[]): string {
  const example = ids.length === 0 ? '' : ` (as "${ids[0]}")`;
  return `${ids.length} only in "${name}"${example}`;
}
