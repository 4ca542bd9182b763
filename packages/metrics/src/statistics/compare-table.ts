/** Every row of a results table against one of them, corrected for the number of comparisons. */
import { MetricInputError } from '../metric-input-error.js';
import type { MetricKey } from '../metric-table.js';
import { approximateRandomization } from './approximate-randomization.js';
import { recordOf, type ResamplingRecord } from './confidence-interval.js';
import { holm } from './holm.js';
import { differences, resampledMeans, type ResampledMean } from './resampled-means.js';
import {
  DEFAULT_RESAMPLES,
  resamplingSettings,
  type ResamplingOptions,
  type ResamplingSettings,
} from './resampling-options.js';
import { comparableSystems, type SeededSystem } from './seeded-system.js';
import { percentileInterval, shiftedPValue, type Interval } from './spread.js';

export interface CompareTableOptions extends ResamplingOptions {
  /** Default `paired-bootstrap`. Randomization swaps captions, so it takes one training per row. */
  readonly test?: 'paired-bootstrap' | 'approximate-randomization' | undefined;
  /**
   * `images` (default): would it hold for these trainings on other images? `images-and-seeds`: and
   * for other trainings? That needs two trainings per row or more.
   */
  readonly level?: 'images' | 'images-and-seeds' | undefined;
  /** Default 1000, or 100 per comparison if that is more: Holm needs small p-values in a large table. */
  readonly resamples?: number | undefined;
}

export interface ComparedTable extends ResamplingRecord {
  readonly method: 'compared-table';
  readonly test: 'paired-bootstrap' | 'approximate-randomization';
  readonly level: 'images' | 'images-and-seeds';
  readonly correction: 'holm';
  readonly baseline: string;
  /** Size of the family that Holm corrects for: rows other than the baseline times metrics. */
  readonly comparisons: number;
  /** No adjusted p-value of the first rejection can be below this; raise `resamples` to lower it. */
  readonly smallestAdjustedP: number;
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
  /** Mean over trainings, with its bootstrap interval on the chosen level. */
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
 * trainings for the level or the test, and all that `pairedBootstrap` refuses.
 */
export function compareTable(
  rows: readonly SeededSystem[],
  baseline: string,
  options: CompareTableOptions = {},
): ComparedTable {
  const { test = 'paired-bootstrap', level = 'images' } = options;
  const baselineRow = findBaseline(rows, baseline);
  assertTrainings(rows, test, level);
  const systems = comparableSystems(rows, options.metrics);
  const comparisons = (rows.length - 1) * systems.metrics.length;
  const resamples = options.resamples ?? Math.max(DEFAULT_RESAMPLES, 100 * comparisons);
  const settings = resamplingSettings({ ...options, resamples });
  const means = resampledMeans(rows, systems, settings);
  const ofBaseline = means[rows.indexOf(baselineRow)] ?? [];

  const others = rows.filter((row) => row !== baselineRow);
  const pValues = others.flatMap((row) =>
    test === 'paired-bootstrap'
      ? bootstrapPValues(ofBaseline, means[rows.indexOf(row)] ?? [], level)
      : randomizationPValues(baselineRow, row, systems.runs.metrics, settings),
  );
  const adjusted = holm(pValues);
  const cell = (row: SeededSystem, mean: ResampledMean, column: number): CellValues => {
    const from = ofBaseline[column];
    const draws = drawsOf(mean, level);
    const place = others.indexOf(row) * systems.metrics.length + column;
    const [p, adjustedP] = [pValues[place], adjusted[place]];
    const isCompared = from !== undefined && p !== undefined && adjustedP !== undefined;
    return {
      score: mean.mean,
      interval: percentileInterval(draws, settings.confidence),
      comparison:
        row === baselineRow || !isCompared
          ? null
          : {
              difference: mean.mean - from.mean,
              interval: percentileInterval(
                differences(drawsOf(from, level), draws),
                settings.confidence,
              ),
              p,
              adjustedP,
            },
    };
  };
  return {
    method: 'compared-table',
    test,
    level,
    correction: 'holm',
    ...recordOf(settings, systems.runs.images),
    baseline,
    comparisons,
    smallestAdjustedP: Math.min(1, comparisons / (resamples + 1)),
    rows: rows.map((row, index) => ({
      name: row.name,
      trainingSeeds: row.runs.map(({ trainingSeed }) => trainingSeed),
      cells: systems.metrics.flatMap((metric, column) => {
        const mean = means[index]?.[column];
        return mean === undefined ? [] : [{ ...metric, ...cell(row, mean, column) }];
      }),
    })),
  };
}

type CellValues = Omit<ComparedCell, 'metric' | 'label'>;

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

function assertTrainings(
  rows: readonly SeededSystem[],
  test: ComparedTable['test'],
  level: ComparedTable['level'],
): void {
  const isRandomization = test === 'approximate-randomization';
  if (isRandomization && level === 'images-and-seeds') {
    throw new MetricInputError(
      'invalid-resampling-option',
      'Approximate randomization swaps captions of images and says nothing about training seeds. ' +
        'Use the level "images" or the test "paired-bootstrap".',
    );
  }
  for (const { name, runs } of rows) {
    if (isRandomization && runs.length !== 1) {
      throw new MetricInputError(
        'unsuitable-training-count',
        `"${name}" has ${runs.length} trainings; approximate randomization takes one per row. Pass ` +
          'one, or use the test "paired-bootstrap".',
      );
    }
    if (level === 'images-and-seeds' && runs.length < 2) {
      throw new MetricInputError(
        'unsuitable-training-count',
        `"${name}" has ${runs.length} training; the level "images-and-seeds" needs 2 or more per ` +
          'row. Train it with more seeds, or use the level "images".',
      );
    }
  }
}

/** One p-value per metric. */
function bootstrapPValues(
  baseline: readonly ResampledMean[],
  row: readonly ResampledMean[],
  level: ComparedTable['level'],
): number[] {
  return row.flatMap((mean, column) => {
    const from = baseline[column];
    if (from === undefined) return [];
    const draws = differences(drawsOf(from, level), drawsOf(mean, level));
    return [shiftedPValue(draws, from.mean, mean.mean)];
  });
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

function drawsOf({ images, both }: ResampledMean, level: ComparedTable['level']): Float64Array {
  return level === 'images' ? images : (both ?? images);
}
