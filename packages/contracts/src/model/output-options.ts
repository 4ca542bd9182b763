/** Weights and the layer to the vocabulary, alike in every neural decoder. */
import { z } from 'zod';

/** For spreading into the spec of a decoder. */
export const outputOptions = {
  /**
   * Weight normalisation (Salimans & Kingma 2016). True: of the output matrix and of convolution
   * kernels, as in the code of Bazzani et al. 2018. `all`: of every matrix but the tables of words and
   * positions and single rows.
   */
  weightNorm: z.union([z.boolean(), z.literal('all')]).default(false),
  /** The output matrix is the embedding (Press & Wolf 2017); both must have one width. */
  tieEmbedding: z.boolean().default(false),
  /**
   * Start of the matrices: `xavier-in` ±sqrt(2.34 / fan-in) (sockeye to 1.18.10), `xavier-average`
   * ±sqrt(6 / (fan-in + fan-out)) (sockeye from 1.18.11), `uniform` ±0.08 (im2txt). With both Xaviers
   * the image projection is `xavier-average` and recurrent matrices are orthogonal, times 1.414.
   */
  init: z.enum(['xavier-in', 'xavier-average', 'uniform']).default('xavier-in'),
  /** Pretrained word vectors, e.g. GloVe, as the start of the embedding. */
  vectors: z
    .strictObject({
      /** Name under which `capgrid vectors add` registered them; null: the embedding starts anew. */
      name: z.string().min(1).nullable().default(null),
      /**
       * Updates after which they are trained too, fewer than `schedule.maxSteps`; 0: always, null: never,
       * they are frozen.
       */
      trainFrom: z.int().min(0).nullable().default(0),
    })
    .prefault({}),
};

/** Of decoders whose vector before the output is `hidden` wide. */
export function refuseUnequalTie(
  { tieEmbedding, embed, hidden }: { tieEmbedding: boolean; embed: number; hidden: number },
  context: z.RefinementCtx,
): void {
  if (!tieEmbedding || embed === hidden) return;
  context.addIssue({
    code: 'custom',
    path: ['tieEmbedding'],
    input: true,
    message: `model.embed (${embed}) must be model.hidden (${hidden}) where one matrix is both`,
  });
}

export type OutputSpec = z.infer<z.ZodObject<typeof outputOptions>>;
