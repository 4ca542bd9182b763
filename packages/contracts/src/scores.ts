/**
 * The scores of an evaluation, as the metrics give them: quality in 0..1, CIDEr and CIDEr-D in 0..10,
 * lengths in words, shares in 0..1. The names are the keys of `@capgrid/metrics`.
 */
import { z } from 'zod';

export const SCORE_NAMES = [
  'bleu1',
  'bleu2',
  'bleu3',
  'bleu4',
  'meteor',
  'rougeL',
  'ciderD',
  'cider',
  'spice',
  'averageLength',
  'distinct1',
  'distinct2',
  'vocabularyUsed',
  'novelCaptions',
  'badEndings',
  'perplexity',
] as const;
export const ScoreName = z.enum(SCORE_NAMES).meta({ id: 'ScoreName' });
export type ScoreName = z.infer<typeof ScoreName>;

/** What was not measured is absent. */
export const Scores = z.partialRecord(ScoreName, z.number()).meta({ id: 'Scores' });
export type Scores = z.infer<typeof Scores>;

/** 95% interval over the images of one evaluation, the training being what it is. */
export const ScoreInterval = z
  .strictObject({ low: z.number(), high: z.number() })
  .meta({ id: 'ScoreInterval' });
export type ScoreInterval = z.infer<typeof ScoreInterval>;

/** One score with all that it depends on besides the captions. */
export const MeasuredScore = z
  .strictObject({
    value: z.number(),
    /**
     * Metric, version, tokenizer, references, modules, source of idf and images, apart by `|`; only
     * values of the same signature may be compared.
     */
    signature: z.string().min(1).max(1000),
    /** Null where it was not computed. */
    interval: ScoreInterval.nullable(),
  })
  .meta({ id: 'MeasuredScore' });
export type MeasuredScore = z.infer<typeof MeasuredScore>;

/** What was not measured is absent. */
export const MeasuredScores = z
  .partialRecord(ScoreName, MeasuredScore)
  .meta({ id: 'MeasuredScores' });
export type MeasuredScores = z.infer<typeof MeasuredScores>;
