/** The captions of one evaluation with their per-image scores: one JSON file of the store. */
import { z } from 'zod';
import { AttentionMaps } from './attention-maps.js';
import { DecodeSpec } from './decode-spec.js';
import { ScoreName, Scores } from './scores.js';
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

const CaptionedImage = z.strictObject({
  imageId: z.string(),
  imageSha256: Sha256,
  fileName: z.string(),
  /** The model's words, joined by blanks. */
  caption: z.string(),
  /** As people wrote them. */
  references: z.array(z.string()),
  /**
   * Natural logarithm of the caption's probability, end token included; null where the decoder has no
   * probabilities.
   */
  logProb: z.number().nullable(),
  /** False where the caption was cut at the maximum length. */
  isFinished: z.boolean(),
  bleuStatistics: BleuStatistics,
});

const Alternative = z.strictObject({
  caption: z.string(),
  logProb: z.number(),
  isFinished: z.boolean(),
});

export const Prediction = CaptionedImage.extend({
  /** The captions behind the first, best first; empty in files of before they were kept. */
  alternatives: z.array(Alternative).default([]),
  /**
   * What retrieval chose the caption by: similarity of the images, or mean CIDEr-D similarity (0..10) to
   * the other candidates. With `decode.rerank` mean CIDEr-D similarity (0..10) to captions of similar
   * training images. Null where captions are only written.
   */
  similarity: z.number().nullable().default(null),
  /**
   * With `decode.attention`, of the caption's words. Null without, for decoders that have none, for an
   * empty caption, and behind the first images whose maps are kept.
   */
  attention: AttentionMaps.nullable().default(null),
  /** Of this image alone, as far as a metric has a value for one image. */
  scores: Scores,
  /**
   * The 23 counts of METEOR in its own order; corpus METEOR of any set of images follows from their
   * sums. Null in files of before METEOR was measured.
   */
  meteorStatistics: z.array(z.number()).length(23).nullable(),
}).meta({ id: 'Prediction' });
export type Prediction = z.infer<typeof Prediction>;

const Version2 = z.strictObject({
  version: z.literal(2),
  decode: DecodeSpec,
  /** Of each score of the images. */
  signatures: z.partialRecord(ScoreName, z.string()),
  predictions: z.array(Prediction),
});

/** Three metrics with one signature, on the dataset's own tokens. */
const Version1 = z.strictObject({
  version: z.literal(1),
  decode: DecodeSpec,
  signature: z.string(),
  predictions: z.array(
    CaptionedImage.extend({ bleu4: z.number(), rougeL: z.number(), ciderD: z.number() }),
  ),
});

/** Files of version 1 are read as version 2. */
export const PredictionsFile = z.union([Version2, Version1.transform(toVersion2)]);
export type PredictionsFile = z.infer<typeof Version2>;

function toVersion2({ decode, signature, predictions }: z.infer<typeof Version1>): PredictionsFile {
  return {
    version: 2,
    decode,
    signatures: { bleu4: signature, rougeL: signature, ciderD: signature },
    predictions: predictions.map(({ bleu4, rougeL, ciderD, ...image }) => ({
      ...image,
      scores: { bleu4, rougeL, ciderD },
      meteorStatistics: null,
      alternatives: [],
      similarity: null,
      attention: null,
    })),
  };
}

/** Ascending by name, descending with `-`; images without the score come last. */
const SORTED_SCORES = ['bleu4', 'meteor', 'rougeL', 'ciderD', 'cider', 'spice'] as const;
export const PREDICTION_SORTS = [
  'image',
  ...SORTED_SCORES.flatMap((score) => [score, `-${score}` as const]),
] as const;

export const PredictionsQuery = z
  .strictObject({
    sort: z.enum(PREDICTION_SORTS).default('image'),
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
