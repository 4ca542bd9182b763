/** The layer from a decoder's state to the vocabulary, alike in every neural decoder. */
import { z } from 'zod';

/** For spreading into the spec of a decoder. */
export const outputOptions = {
  /** Weight normalisation of the output matrix (Salimans & Kingma 2016). */
  weightNorm: z.boolean().default(false),
};

export type OutputSpec = z.infer<z.ZodObject<typeof outputOptions>>;
