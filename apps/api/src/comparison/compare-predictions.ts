/**
 * The computing part of a comparison: reads the predictions files of all runs and resamples their
 * per-image statistics. Takes seconds, so it runs in a thread of its own.
 */
import { readFile } from 'node:fs/promises';
import {
  Comparison,
  COMPARISON_LEVELS,
  labelScore,
  PredictionsFile,
  ScoreName,
  toPrintUnit,
  type ComparisonCell,
  type Difference,
} from '@capgrid/contracts';
import {
  compareTable,
  meteorStatisticsFromArray,
  resamplingStatistics,
  type ComparedCell,
  type MetricStatistics,
  type SeededSystem,
} from '@capgrid/metrics';
import { z } from 'zod';

export const ComparisonJob = z.strictObject({
  baseline: z.int(),
  metrics: z.array(ScoreName),
  level: z.enum(COMPARISON_LEVELS),
  seed: z.int(),
  resamples: z.int(),
  rows: z.array(
    z.strictObject({
      row: z.int(),
      runs: z.array(z.strictObject({ trainingSeed: z.int(), path: z.string() })),
    }),
  ),
});
export type ComparisonJob = z.infer<typeof ComparisonJob>;

/** All of the answer that comes from the captions. */
export const ComparedPredictions = Comparison.pick({
  test: true,
  comparisons: true,
  smallestAdjustedP: true,
  confidence: true,
  generator: true,
  images: true,
}).extend({
  rows: z.array(
    z.object({
      row: z.int(),
      trainingSeeds: z.array(z.int()),
      cells: Comparison.shape.rows.element.shape.cells,
    }),
  ),
});
export type ComparedPredictions = z.infer<typeof ComparedPredictions>;

/** @throws MetricInputError where the runs cannot be compared; an error of Node where a file is missing */
export async function comparePredictions(job: ComparisonJob): Promise<ComparedPredictions> {
  const { seed, resamples } = job;
  const systems: SeededSystem[] = [];
  for (const { row, runs } of job.rows) {
    const ofRow: SeededSystem['runs'][number][] = [];
    for (const { trainingSeed, path } of runs) {
      ofRow.push({ trainingSeed, statistics: await readStatistics(path, job.metrics) });
    }
    systems.push({ name: nameOf(row), runs: ofRow });
  }
  const test = job.level === 'images' ? 'paired-bootstrap' : 'welch';
  const metrics = [...job.metrics];
  const table = compareTable(systems, nameOf(job.baseline), { test, seed, resamples, metrics });
  const { comparisons, smallestAdjustedP, confidence, generator, images } = table;
  return {
    test,
    comparisons,
    smallestAdjustedP,
    confidence,
    generator,
    images,
    rows: job.rows.map(({ row, runs }, index) => {
      const cells: Partial<Record<ScoreName, ComparisonCell>> = {};
      for (const cell of table.rows[index]?.cells ?? []) cells[cell.metric] = toCell(cell);
      return { row, trainingSeeds: runs.map(({ trainingSeed }) => trainingSeed), cells };
    }),
  };
}

/** As messages name a row: counted from 1, as people do. */
function nameOf(row: number): string {
  return `row ${row + 1}`;
}

/** Only of the metrics that are compared, so that no other one can stand in the way. */
async function readStatistics(
  path: string,
  metrics: readonly ScoreName[],
): Promise<MetricStatistics[]> {
  const file = PredictionsFile.parse(JSON.parse(await readFile(path, 'utf8')));
  const signatures = metrics.flatMap((metric) => {
    const signature = file.signatures[metric];
    return signature === undefined ? [] : [[metric, signature] as const];
  });
  return resamplingStatistics({
    perImage: file.predictions.map(({ imageId, scores, bleuStatistics, meteorStatistics }) => ({
      imageId,
      scores,
      bleu: bleuStatistics,
      meteor: meteorStatisticsFromArray(meteorStatistics ?? NO_METEOR),
    })),
    signatures: Object.fromEntries(signatures),
    labels: Object.fromEntries(
      signatures.map(([metric, signature]) => [metric, labelScore(metric, signature)]),
    ),
  });
}

/** Never read: a file without these numbers has no signature of METEOR either. */
const NO_METEOR = new Float64Array(23);

function toCell(cell: ComparedCell): ComparisonCell {
  const { metric, score, interval, standardErrors, comparison } = cell;
  const { images, seeds, both } = standardErrors;
  return {
    mean: toPrintUnit(metric, score),
    interval: toInterval(metric, interval),
    standardErrors: {
      images: toPrintUnit(metric, images),
      seeds: seeds === null ? null : toPrintUnit(metric, seeds),
      both: both === null ? null : toPrintUnit(metric, both),
    },
    comparison: comparison === null ? null : toDifference(metric, comparison),
  };
}

function toDifference(
  metric: ScoreName,
  { difference, interval, p, adjustedP }: NonNullable<ComparedCell['comparison']>,
): Difference {
  return {
    difference: toPrintUnit(metric, difference),
    interval: toInterval(metric, interval),
    p,
    adjustedP,
  };
}

function toInterval(
  metric: ScoreName,
  { low, high }: ComparedCell['interval'],
): ComparisonCell['interval'] {
  return { low: toPrintUnit(metric, low), high: toPrintUnit(metric, high) };
}
