/** The results of a sweep as the table of a paper. Scores are times 100, as papers print them. */
import { z } from 'zod';
import { ScoreName } from './scores.js';
import { Assignment, FactorPath } from './sweep-spec.js';

export const ResultsCell = z
  .strictObject({
    /** Mean over the finished seeds, times 100. */
    meanTimes100: z.number(),
    /** Sample standard deviation over seeds, times 100; null below two seeds. */
    stdTimes100: z.number().nullable(),
    /** The best of its column after rounding to `decimals`; ties are all best, all equal is none. */
    isBest: z.boolean(),
    /** Mean minus the published value, times 100; null where nothing is published. */
    deltaTimes100: z.number().nullable(),
  })
  .meta({ id: 'ResultsCell' });
export type ResultsCell = z.infer<typeof ResultsCell>;

export const ResultsRow = z
  .strictObject({
    assignment: Assignment,
    trialIds: z.array(z.string()),
    seedsFinished: z.int(),
    seedsTotal: z.int(),
    /** Null where no seed has finished. */
    scores: z.partialRecord(ScoreName, ResultsCell),
    /** Why the row has no or fewer numbers: `running`, or codes of failures. */
    missing: z.array(z.string()),
    published: z.string().nullable(),
  })
  .meta({ id: 'ResultsRow' });
export type ResultsRow = z.infer<typeof ResultsRow>;

export const ResultsColumn = z
  .strictObject({
    score: ScoreName,
    /** E.g. `B@4`. */
    label: z.string(),
    /** E.g. `BLEU`. */
    group: z.string(),
    decimals: z.int(),
    isHigherBetter: z.boolean(),
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
    columns: z.array(ResultsColumn),
    rows: z.array(ResultsRow),
    trialsFinished: z.int(),
    trialsFailed: z.int(),
    trialsTotal: z.int(),
    /** Different signatures in one table are named, never mixed silently. */
    signatures: z.array(z.string()),
  })
  .meta({ id: 'ResultsTable' });
export type ResultsTable = z.infer<typeof ResultsTable>;
