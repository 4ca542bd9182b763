/** Every row of a results table against one of them, corrected for the number of comparisons. */
import { MetricInputError } from '../metric-input-error.js';
import { QUALITY_METRICS, type MetricKey } from '../metric-table.js';
import { approximateRandomization } from './approximate-randomization.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { holm } from './holm.js';
import {
  differences,
  imagesVariance,
  resampledMeans,
  welchDifference,
  type ResampledMean,
} from './resampled-means.js';
import {
  DEFAULT_RESAMPLES,
  resamplingSettings,
  type ResamplingOptions,
  type ResamplingSettings,
} from './resampling-options.js';
import { comparableSystems, type SeededSystem } from './seeded-system.js';
import {
  differenceOf,
  leastPercentileP,
  percentileInterval,
  percentilePValue,
  type Interval,
} from './spread.js';
import { standardErrorsOf, type StandardErrors } from './variance-components.js';
import { welch } from './welch.js';

/**
 * `paired-bootstrap` and `approximate-randomization`: would it hold for these trainings on other
 * images? `welch`: for other trainings on other images? See `welch`; it needs two trainings per row.
 * Randomization swaps captions and takes one training per row; intervals come from the bootstrap then.
 */
export type TableTest = 'paired-bootstrap' | 'approximate-randomization' | 'welch';

export interface CompareTableOptions extends ResamplingOptions {
  /** Default `paired-bootstrap`. */
  readonly test?: TableTest | undefined;
  /**
   * Default 1000, or 100 per comparison where p-values are counted, since Holm needs small ones in a
   * large table; at most 10,000 unless named.
   */
  readonly resamples?: number | undefined;
  /**
   * Default: the metrics of quality that all rows have, those where higher is better; each one more
   * makes Holm stricter with all. Length, bad endings and the like are compared where named.
   */
  readonly metrics?: readonly MetricKey[] | undefined;
}

export interface ComparedTable extends ResamplingRecord {
  readonly method: 'compared-table';
  readonly test: TableTest;
  /** What the test generalises to. */
  readonly level: 'images' | 'images-and-seeds';
  readonly correction: 'holm';
  readonly baseline: string;
  /**
   * Size of the family that Holm corrects for: rows other than the baseline times metrics, less those
   * without a test.
   */
  readonly comparisons: number;
  /**
   * No smallest adjusted p-value of the table can be below this, since p-values are counted; raise
   * `resamples` to lower it. Null for `welch`, and without comparisons.
   */
  readonly smallestAdjustedP: number | null;
  /** In input order. */
  readonly rows: readonly ComparedRow[];
}

export interface ComparedRow {
  readonly name: string;
  readonly trainingSeeds: readonly number[];
  readonly cells: readonly ComparedCell[];
}

export interface ComparedCell {
  readonly metric: MetricKey;
  readonly label: string;
  /** Mean over trainings, with its interval on the level of the test. */
  readonly score: number;
  readonly interval: Interval;
  /** Of `score`, from the resamples that give the intervals. */
  readonly standardErrors: StandardErrors;
  /** Null in the baseline's own row. */
  readonly comparison: {
    /** score - baseline's score; 0 where only rounding differs. */
    readonly difference: number;
    readonly interval: Interval;
    /**
     * Two-sided, for this cell alone. Of `paired-bootstrap` and `welch`: at most 1 - confidence
     * exactly where `interval` leaves out 0. Null where `welch` finds that nothing varies.
     */
    readonly p: number | null;
    /** Holm's, over the whole table. */
    readonly adjustedP: number | null;
  } | null;
}

/** Where nobody names a number; the smallest adjusted p-value is 0.02 then, below the usual 0.05. */
const RESAMPLES_PER_COMPARISON = 100;
const MOST_BY_DEFAULT = 10_000;

/**
 * All rows see the same resamples, so their differences are paired.
 *
 * @throws MetricInputError for an unknown baseline, two rows of one name, too few or too many
 * trainings for the test, and all that `pairedBootstrap` refuses.
 */
export function compareTable(
  rows: readonly SeededSystem[],
  baseline: string,
  options: CompareTableOptions = {},
): ComparedTable {
  const { test = 'paired-bootstrap' } = options;
  const baselineRow = findBaseline(rows, baseline);
  assertTrainings(rows, test);
  const compared = options.metrics === undefined ? rows.map(withQualityOnly) : rows;
  const systems = comparableSystems(compared, options.metrics);
  const planned = test === 'welch' ? 0 : (rows.length - 1) * systems.metrics.length;
  const resamples =
    options.resamples ??
    Math.min(MOST_BY_DEFAULT, Math.max(DEFAULT_RESAMPLES, RESAMPLES_PER_COMPARISON * planned));
  const settings = resamplingSettings({ ...options, resamples });
  const { images } = systems.runs;
  const means = resampledMeans(rows, systems, settings);
  const ofBaseline = means[rows.indexOf(baselineRow)] ?? [];

  const drafts = rows.map((row, index): RowDraft => {
    const ofRow = means[index] ?? [];
    const scores = ofRow.map((mean) => scoreCell(mean, test, images, settings));
    if (row === baselineRow) return { row, scores, tests: [] };
    const tests = ofRow.flatMap((mean, column) => {
      const from = ofBaseline[column];
      return from === undefined ? [] : [compare(from, mean, test, images, settings)];
    });
    if (test !== 'approximate-randomization') return { row, scores, tests };
    const byTrials = randomizationPValues(baselineRow, row, systems.runs.metrics, settings);
    return { row, scores, tests: tests.map((t, column) => ({ ...t, p: byTrials[column] ?? t.p })) };
  });
  const pValues = drafts.flatMap(({ tests }) => tests.flatMap(({ p }) => p ?? []));
  const adjusted = holm(pValues).values();
  const comparisons = pValues.length;
  return {
    method: 'compared-table',
    test,
    level: test === 'welch' ? 'images-and-seeds' : 'images',
    correction: 'holm',
    ...recordOf(settings, images),
    baseline,
    comparisons,
    smallestAdjustedP: smallestAdjustedP(test, comparisons, resamples),
    rows: drafts.map(({ row, scores, tests }) => ({
      name: row.name,
      trainingSeeds: row.runs.map(({ trainingSeed }) => trainingSeed),
      cells: systems.metrics.flatMap((metric, column) => {
        const [score, tested] = [scores[column], tests[column]];
        if (score === undefined) return [];
        const comparison = tested && {
          ...tested,
          adjustedP: tested.p === null ? null : (adjusted.next().value ?? NaN),
        };
        return [{ ...metric, ...score, comparison: comparison ?? null }];
      }),
    })),
  };
}

/** A row before Holm; `tests` is empty for the baseline, else one per metric, as `scores`. */
interface RowDraft {
  readonly row: SeededSystem;
  readonly scores: readonly ScoreCell[];
  readonly tests: readonly UnadjustedComparison[];
}

type UnadjustedComparison = Omit<NonNullable<ComparedCell['comparison']>, 'adjustedP'>;

type ScoreCell = Pick<ComparedCell, 'score' | 'interval' | 'standardErrors'>;

function scoreCell(
  of: ResampledMean,
  test: TableTest,
  images: number,
  { confidence }: ResamplingSettings,
): ScoreCell {
  const { mean, spread } = of;
  const interval =
    test === 'welch' && spread !== null
      ? welch(mean, imagesVariance(of), images, [spread], confidence).interval
      : percentileInterval(of.images, confidence);
  return { score: mean, interval, standardErrors: standardErrorsOf(of) };
}

function compare(
  baseline: ResampledMean,
  row: ResampledMean,
  test: TableTest,
  images: number,
  { confidence }: ResamplingSettings,
): UnadjustedComparison {
  const difference = differenceOf(baseline.mean, row.mean);
  const byWelch = test === 'welch' ? welchDifference(baseline, row, images, confidence) : null;
  if (byWelch !== null) return { difference, interval: byWelch.interval, p: byWelch.p };
  const draws = differences(baseline.images, row.images);
  return {
    difference,
    interval: percentileInterval(draws, confidence),
    p: percentilePValue(draws),
  };
}

function smallestAdjustedP(test: TableTest, comparisons: number, resamples: number): number | null {
  if (test === 'welch' || comparisons === 0) return null;
  const least = test === 'paired-bootstrap' ? leastPercentileP(resamples) : 1 / (resamples + 1);
  return Math.min(1, comparisons * least);
}

function withQualityOnly({ name, runs }: SeededSystem): SeededSystem {
  return {
    name,
    runs: runs.map(({ trainingSeed, statistics }) => ({
      trainingSeed,
      statistics: statistics.filter(({ metric }) => QUALITY_METRICS.includes(metric)),
    })),
  };
}

function findBaseline(rows: readonly SeededSystem[], baseline: string): SeededSystem {
  const names = rows.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new MetricInputError(
      'duplicate-system',
      `Two rows are called "${twice}". Give every row its own name.`,
    );
  }
  const row = rows.find(({ name }) => name === baseline);
  if (row !== undefined) return row;
  throw new MetricInputError(
    'unknown-baseline',
    `No row is called "${baseline}", the baseline. Rows are ` +
      `${names.map((name) => `"${name}"`).join(', ')}.`,
  );
}

function assertTrainings(rows: readonly SeededSystem[], test: TableTest): void {
  for (const { name, runs } of rows) {
    if (test === 'approximate-randomization' && runs.length !== 1) {
      throw new MetricInputError(
        'unsuitable-training-count',
        `"${name}" has ${runs.length} trainings; approximate randomization takes one per row. Pass ` +
          'one, or use the test "paired-bootstrap" or "welch".',
      );
    }
    if (test === 'welch' && runs.length < 2) {
      throw new MetricInputError(
        'unsuitable-training-count',
        `"${name}" has ${runs.length} training; the test "welch" needs 2 or more per row. Train it ` +
          'with more seeds, or use the test "paired-bootstrap", which speaks of these trainings only.',
      );
    }
  }
}

function randomizationPValues(
  baseline: SeededSystem,
  row: SeededSystem,
  metrics: readonly MetricKey[],
  { seed, resamples }: ResamplingSettings,
): number[] {
  const [left, right] = [baseline, row].map(({ name, runs }) => ({
    name,
    statistics: runs[0]?.statistics ?? [],
  }));
  if (left === undefined || right === undefined) return [];
  const result = approximateRandomization(left, right, { seed, resamples, metrics });
  return result.metrics.map(({ p }) => p);
}
