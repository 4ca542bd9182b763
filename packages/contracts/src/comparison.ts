/**
 * Each row of a results table against one of them, from the per-image statistics that evaluations
 * keep. All numbers of a score are in the unit of its column: quality and shares times 100.
 */
import { z } from 'zod';
import { ScoreUnit } from './score-print.js';
import { ScoreInterval, ScoreName } from './scores.js';
import { Assignment } from './sweep-spec.js';

/**
 * `images`: would it hold for these trainings on other images? `images-and-seeds`: and for other
 * trainings? That needs two seeds or more in each row.
 */
export const COMPARISON_LEVELS = ['images', 'images-and-seeds'] as const;

/** Of all captions together, and not compared: an image drawn twice adds no new word. */
export const UNRESAMPLED_SCORES: readonly ScoreName[] = [
  'distinct1',
  'distinct2',
  'vocabularyUsed',
];

export const ComparisonQuery = z
  .strictObject({
    /** Index of a row of the results table, from 0, or its assignment as JSON. */
    baseline: z.string().min(1).max(4000).default('0'),
    /** Names of scores, apart by commas; empty: the usual ones that the baseline has. */
    metrics: z.string().max(400).default(''),
    level: z.enum(COMPARISON_LEVELS).default('images'),
    /** Of the resampling. */
    seed: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
    /**
     * Left out: 1000, or up to 100 per comparison, as far as a minute allows. More than a minute
     * allows is refused where it is more than 1000.
     */
    resamples: z.coerce.number().int().min(100).max(10_000).optional(),
  })
  .meta({ id: 'ComparisonQuery' });
export type ComparisonQuery = z.infer<typeof ComparisonQuery>;

/** Standard errors of a mean over seeds, by what is drawn anew; null with one seed. */
export const StandardErrors = z
  .strictObject({
    /** These trainings on other images. */
    images: z.number(),
    /** Other trainings on these images. */
    seeds: z.number().nullable(),
    /** Other trainings on other images. */
    both: z.number().nullable(),
  })
  .meta({ id: 'StandardErrors' });
export type StandardErrors = z.infer<typeof StandardErrors>;

/** Against the baseline. */
export const Difference = z
  .strictObject({
    /** Mean minus the baseline's mean. */
    difference: z.number(),
    interval: ScoreInterval,
    /**
     * Two-sided, for this cell alone; at most 0.05 exactly where the 95% interval leaves out 0. Null
     * where neither images nor seeds vary though the difference is not 0, which leaves no test.
     */
    p: z.number().nullable(),
    /** After Holm's correction for all comparisons of the table. */
    adjustedP: z.number().nullable(),
  })
  .meta({ id: 'Difference' });
export type Difference = z.infer<typeof Difference>;

export const ComparisonCell = z
  .strictObject({
    /** Over the finished seeds. */
    mean: z.number(),
    /** Of the mean, on the level of the comparison. */
    interval: ScoreInterval,
    standardErrors: StandardErrors,
    /** Null in the row of the baseline. */
    comparison: Difference.nullable(),
  })
  .meta({ id: 'ComparisonCell' });
export type ComparisonCell = z.infer<typeof ComparisonCell>;

export const ComparisonRow = z
  .strictObject({
    /** Index into the rows of the results table. */
    row: z.int().min(0),
    assignment: Assignment,
    trainingSeeds: z.array(z.int()),
    cells: z.partialRecord(ScoreName, ComparisonCell),
  })
  .meta({ id: 'ComparisonRow' });
export type ComparisonRow = z.infer<typeof ComparisonRow>;

export const Comparison = z
  .strictObject({
    sweepId: z.string(),
    /** Index of the row that the others are compared with. */
    baseline: z.int().min(0),
    level: z.enum(COMPARISON_LEVELS),
    /**
     * `paired-bootstrap` on the level of images: rows see the same resamples. `welch` on that of
     * images and seeds: Student's t, whose degrees of freedom the few seeds decide.
     */
    test: z.enum(['paired-bootstrap', 'welch']),
    correction: z.literal('holm'),
    /** Rows other than the baseline times scores, less those without a test. */
    comparisons: z.int(),
    /**
     * No smallest adjusted p-value can be below this; more resamples lower it. Null for `welch` and
     * without comparisons.
     */
    smallestAdjustedP: z.number().nullable(),
    /** Of the resampling: the same seed gives the same digits. */
    seed: z.int(),
    resamples: z.int(),
    /** Of the intervals, 0.95. */
    confidence: z.number(),
    /** Of random numbers. */
    generator: z.string(),
    /** Document frequencies of CIDEr stay those of the whole test set in each resample. */
    idf: z.literal('fixed'),
    images: z.int(),
    columns: z.array(
      z.strictObject({
        score: ScoreName,
        label: z.string(),
        unit: ScoreUnit,
        decimals: z.int(),
        signature: z.string(),
      }),
    ),
    rows: z.array(ComparisonRow),
    /** Rows of the results table that cannot be compared with the baseline, and why. */
    leftOut: z.array(z.strictObject({ row: z.int().min(0), reason: z.string() })),
  })
  .meta({ id: 'Comparison' });
export type Comparison = z.infer<typeof Comparison>;
