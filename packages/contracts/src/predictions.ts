/** The captions of one evaluation with their per-image scores: one JSON file of the store. */
import { z } from 'zod';
import { DecodeSpec } from './decode-spec.js';
import { Sha256 } from './sha256.js';

const PerOrder = z.tuple([z.int(), z.int(), z.int(), z.int()]);

/** Counts of one image for 1- to 4-grams; corpus BLEU of any set of images follows from their sums. */
const BleuStatistics = z.strictObject({
  /** Words of the caption. */
  testLength: z.int(),
  /** Words of the reference whose length is closest. */
  refLength: z.int(),
  /** n-grams of the caption. */
  guess: PerOrder,
  /** Those of them that a reference has. */
  correct: PerOrder,
});

export const Prediction = z
  .strictObject({
    imageId: z.string(),
    imageSha256: Sha256,
    fileName: z.string(),
    caption: z.string(),
    references: z.array(z.string()),
    /** Natural logarithm of the caption's probability, end token included. */
    logProb: z.number(),
    /** False where the caption was cut at the maximum length. */
    isFinished: z.boolean(),
    bleu4: z.number(),
    rougeL: z.number(),
    ciderD: z.number(),
    bleuStatistics: BleuStatistics,
  })
  .meta({ id: 'Prediction' });
export type Prediction = z.infer<typeof Prediction>;

export const PredictionsFile = z.strictObject({
  version: z.literal(1),
  decode: DecodeSpec,
  signature: z.string(),
  predictions: z.array(Prediction),
});
export type PredictionsFile = z.infer<typeof PredictionsFile>;

export const PredictionsQuery = z
  .strictObject({
    sort: z.enum(['image', 'ciderD', '-ciderD', 'bleu4', '-bleu4']).default('image'),
    search: z.string().max(100).default(''),
    offset: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(200).default(24),
  })
  .meta({ id: 'PredictionsQuery' });
export type PredictionsQuery = z.infer<typeof PredictionsQuery>;

export const PredictionsPage = z
  .strictObject({ total: z.int(), predictions: z.array(Prediction) })
  .meta({ id: 'PredictionsPage' });
export type PredictionsPage = z.infer<typeof PredictionsPage>;
