/** Weights and the layer to the vocabulary, alike in every neural decoder. */
import { z } from 'zod';

/** For spreading into the spec of a decoder. */
export const outputOptions = {
  /**
   * Weight normalisation (Salimans & Kingma 2016). True: of the output matrix and of convolution
   * kernels, as in the code of Bazzani et al. 2018. `all`: of every matrix but the tables of words and
   * positions.
   */
  weightNorm: z.union([z.boolean(), z.literal('all')]).default(false),
  /** The output matrix is the embedding (Press & Wolf 2017); both must have the same width. */
  tieEmbedding: z.boolean().default(false),
  /**
   * Start of the matrices: `xavier-in` ±sqrt(2.34 / fan-in) (sockeye to 1.18.10), `xavier-average`
   * ±sqrt(6 / (fan-in + fan-out)) (sockeye from 1.18.11), `uniform` ±0.08 (im2txt).
   */
  init: z.enum(['xavier-in', 'xavier-average', 'uniform']).default('xavier-in'),
  /** Pretrained word vectors, e.g. GloVe, as the start of the embedding. */
  vectors: z
    .strictObject({
      /** Name under which `capgrid vectors add` registered them; null: the embedding starts anew. */
      name: z.string().min(1).nullable().default(null),
      /** Updates after which they are trained too; 0: always, null: never, they are frozen. */
      trainFrom: z.int().min(0).nullable().default(0),
    })
    .prefault({}),
};

export type OutputSpec = z.infer<z.ZodObject<typeof outputOptions>>;
