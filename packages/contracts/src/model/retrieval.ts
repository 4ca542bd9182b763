/**
 * Retrieval baselines (Devlin et al. 2015, "Exploring nearest neighbor approaches for image
 * captioning"): an image gets a caption of training images that look alike. Nothing is learned.
 */
import { z } from 'zod';

export const RetrievalSpec = z.strictObject({
  decoder: z.literal('retrieval'),
  /** Between the mean regions of two images: their cosine, or minus their distance. */
  similarity: z.enum(['cosine', 'l2']).default('cosine'),
  /** Training images whose captions are candidates; 1 is the plain nearest neighbour. */
  neighbours: z.int().min(1).max(1000).default(25),
  /**
   * `nearest`: the first caption of the nearest image. `consensus`: the candidate most like the
   * others, by CIDEr-D with document frequencies of the training split.
   */
  pick: z.enum(['nearest', 'consensus']).default('consensus'),
  /**
   * The likeness of a candidate is its mean similarity to this many of the others, the most similar
   * ones (m of the paper), so that outliers have no say; null: to all.
   */
  agreeing: z.int().min(1).max(10_000).nullable().default(null),
});
export type RetrievalSpec = z.infer<typeof RetrievalSpec>;
