/** Every row of a results table against one of them, corrected for the number of comparisons. */
import { MetricInputError } from '../metric-input-error.js';
import type { MetricKey } from '../metric-table.js';
import { approximateRandomization } from './approximate-randomization.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { holm } from './holm.js';
import {
  differences,
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
import { percentileInterval, shiftedPValue, variance, type Interval } from './spread.js';
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
   * Default 1000, but at least 100 per comparison where p-values are counted: Holm needs small ones in
   * a large table.
   */
  readonly resamples?: number | undefined;
}

export interface ComparedTable extends ResamplingRecord {
  readonly method: 'compared-table';
  readonly test: TableTest;
  /** What the test generalises to. */
  readonly level: 'images' | 'images-and-seeds';
  readonly correction: 'holm';
  readonly baseline: string;
  /** Size of the family that Holm corrects for: rows other than the baseline times metrics. */
  readonly comparisons: number;
  /**
   * No smallest adjusted p-value of the table can be below this, since p-values are counted; raise
   * `resamples` to lower it. Null for `welch`.
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
  /** Null in the baseline's own row. */
  readonly comparison: {
    /** score - baseline's score */
    readonly difference: number;
    readonly interval: Interval;
    /** Two-sided, for this cell alone. */
    readonly p: number;
    /** Holm's, over the whole table. */
    readonly adjustedP: number;
  } | null;
}

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
  const systems = comparableSystems(rows, options.metrics);
  const comparisons = (rows.length - 1) * systems.metrics.length;
  const needed = test === 'welch' ? 0 : 100 * comparisons;
  const resamples = options.resamples ?? Math.max(DEFAULT_RESAMPLES, needed);
  const settings = resamplingSettings({ ...options, resamples });
  const { images } = systems.runs;
  const means = resampledMeans(rows, systems, settings);
  const ofBaseline = means[rows.indexOf(baselineRow)] ?? [];

  const drafts = rows.map((row, index): RowDraft => {
    const ofRow = means[index] ?? [];
    const scores = ofRow.map((mean) => scoreInterval(mean, test, images, settings));
    if (row === baselineRow) return { row, scores, tests: [] };
    const tests = ofRow.flatMap((mean, column) => {
      const from = ofBaseline[column];
      return from === undefined ? [] : [compare(from, mean, test, images, settings)];
    });
    if (test !== 'approximate-randomization') return { row, scores, tests };
    const pValues = randomizationPValues(baselineRow, row, systems.runs.metrics, settings);
    return { row, scores, tests: tests.map((t, column) => ({ ...t, p: pValues[column] ?? t.p })) };
  });
  const adjusted = holm(drafts.flatMap(({ tests }) => tests.map(({ p }) => p))).values();
  return {
    method: 'compared-table',
    test,
    level: test === 'welch' ? 'images-and-seeds' : 'images',
    correction: 'holm',
    ...recordOf(settings, images),
    baseline,
    comparisons,
    smallestAdjustedP: test === 'welch' ? null : Math.min(1, comparisons / (resamples + 1)),
    rows: drafts.map(({ row, scores, tests }) => ({
      name: row.name,
      trainingSeeds: row.runs.map(({ trainingSeed }) => trainingSeed),
      cells: systems.metrics.flatMap((metric, column) => {
        const [score, tested] = [scores[column], tests[column]];
        if (score === undefined) return [];
        const comparison = tested && { ...tested, adjustedP: adjusted.next().value ?? NaN };
        return [{ ...metric, ...score, comparison: comparison ?? null }];
      }),
    })),
  };
}

/** A row before Holm; `tests` is empty for the baseline, else one per metric, as `scores`. */
interface RowDraft {
  readonly row: SeededSystem;
  readonly scores: readonly Pick<ComparedCell, 'score' | 'interval'>[];
  readonly tests: readonly UnadjustedComparison[];
}

type UnadjustedComparison = Omit<NonNullable<ComparedCell['comparison']>, 'adjustedP'>;

function scoreInterval(
  { mean, images: draws, spread }: ResampledMean,
  test: TableTest,
  images: number,
  { confidence }: ResamplingSettings,
): Pick<ComparedCell, 'score' | 'interval'> {
  const interval =
    test === 'welch' && spread !== null
      ? welch(mean, variance(draws), images, [spread], confidence).interval
      : percentileInterval(draws, confidence);
  return { score: mean, interval };
}

function compare(
  baseline: ResampledMean,
  row: ResampledMean,
  test: TableTest,
  images: number,
  { confidence }: ResamplingSettings,
): UnadjustedComparison {
  const difference = row.mean - baseline.mean;
  const byWelch = test === 'welch' ? welchDifference(baseline, row, images, confidence) : null;
  if (byWelch !== null) return { difference, interval: byWelch.interval, p: byWelch.p };
  const draws = differences(baseline.images, row.images);
  return {
    difference,
    interval: percentileInterval(draws, confidence),
    p: shiftedPValue(draws, baseline.mean, row.mean),
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
