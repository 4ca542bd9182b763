/** The results of a sweep as the table of a paper, each score in the unit of its column. */
import { z } from 'zod';
import { ScoreUnit } from './score-print.js';
import { ScoreInterval, ScoreName } from './scores.js';
import { Assignment, FactorPath } from './sweep-spec.js';

/** All numbers are in the unit of the column. */
export const ResultsCell = z
  .strictObject({
    /** Mean over the finished seeds. */
    mean: z.number(),
    /** Sample standard deviation over seeds; null below two seeds. */
    std: z.number().nullable(),
    /** 95% interval over the images; null where several seeds are averaged, or it was not computed. */
    interval: ScoreInterval.nullable(),
    /** The best of its column after rounding to `decimals`; ties are all best, all equal is none. */
    isBest: z.boolean(),
    /** Mean minus the published value; null where nothing is published that can be compared. */
    delta: z.number().nullable(),
    signature: z.string(),
  })
  .meta({ id: 'ResultsCell' });
export type ResultsCell = z.infer<typeof ResultsCell>;

export const ResultsRow = z
  .strictObject({
    assignment: Assignment,
    trialIds: z.array(z.string()),
    seedsFinished: z.int(),
    seedsTotal: z.int(),
    /** Absent where no seed has the score, or its seeds cannot be averaged. */
    scores: z.partialRecord(ScoreName, ResultsCell),
    /** Scores that are not averaged because the seeds have different signatures, and those. */
    mixed: z.partialRecord(ScoreName, z.array(z.string()).min(2)),
    /** Why the row has no or fewer numbers: `queued`, `running`, or codes of failures. */
    missing: z.array(z.string()),
    published: z.string().nullable(),
  })
  .meta({ id: 'ResultsRow' });
export type ResultsRow = z.infer<typeof ResultsRow>;

/** A published row that stands beside no cell. */
export const PrintedRow = z
  .strictObject({
    /** E.g. `Up-down (Anderson et al. 2018), in Bazzani et al. 2018, Table 4, COCO`. */
    source: z.string(),
    /** Those that mean the same as the column. */
    scores: z.partialRecord(ScoreName, z.number()),
  })
  .meta({ id: 'PrintedRow' });
export type PrintedRow = z.infer<typeof PrintedRow>;

/** Rows whose scores of one column may be compared with each other. */
export const ComparableRows = z
  .strictObject({
    signature: z.string(),
    /** E.g. `METEOR (exact, stem, synonym)`. */
    label: z.string(),
    /** Indices into `rows`. */
    rows: z.array(z.int().min(0)).min(1),
  })
  .meta({ id: 'ComparableRows' });
export type ComparableRows = z.infer<typeof ComparableRows>;

export const ResultsColumn = z
  .strictObject({
    score: ScoreName,
    /** E.g. `B@4`; of METEOR without a paraphrase table `METEOR (exact, stem, synonym)`. */
    label: z.string(),
    /** E.g. `BLEU`. */
    group: z.string(),
    unit: ScoreUnit,
    decimals: z.int(),
    /** Null where neither is: length, for one. */
    isHigherBetter: z.boolean().nullable(),
    /** To be shown unless a reader asks for less. */
    isPrimary: z.boolean(),
    /** More than one: no cell is marked best, and rows of different groups cannot be compared. */
    comparable: z.array(ComparableRows),
    /** Why no difference to the published score is shown; null: nothing was withheld. */
    note: z.string().nullable(),
  })
  .meta({ id: 'ResultsColumn' });
export type ResultsColumn = z.infer<typeof ResultsColumn>;

export const ResultsTable = z
  .strictObject({
    sweepId: z.string(),
    sweepName: z.string(),
    /** Dataset, split, decoding, scale, seeds, images and signature in words. */
    caption: z.string(),
    factors: z.array(z.strictObject({ path: FactorPath, label: z.string() })),
    /** Of the scores that a trial has; of the usual ones while there is none. */
    columns: z.array(ResultsColumn),
    rows: z.array(ResultsRow),
    printed: z.array(PrintedRow),
    /** What to know before comparing with the published rows: paragraphs of one or of several tables. */
    publishedNotes: z.array(z.string()),
    trialsFinished: z.int(),
    trialsFailed: z.int(),
    trialsTotal: z.int(),
  })
  .meta({ id: 'ResultsTable' });
export type ResultsTable = z.infer<typeof ResultsTable>;
