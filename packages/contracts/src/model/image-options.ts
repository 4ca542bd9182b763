/** How every neural decoder reads the regions of an image. */
import { z } from 'zod';

/** For spreading into the spec of a decoder. */
export const imageOptions = {
  /** The raw regions are multiplied by this; `featureNorm: l2` leaves nothing of it. */
  featureScale: z.number().gt(0).max(1000).default(1),
  /**
   * Normalisation of the raw regions: `l2` to length 1, `layernorm` over the channels of a region
   * (Ba et al. 2016), `batchnorm` of each channel over the real regions of the batch, with moving
   * averages for decoding (Ioffe & Szegedy 2015).
   */
  featureNorm: z.enum(['none', 'l2', 'layernorm', 'batchnorm']).default('none'),
  /** Normalisation of the projected regions. */
  regionNorm: z.enum(['none', 'l2', 'layernorm']).default('none'),
  /**
   * Regions that only fill up an image are left out of attention and means. False reproduces sockeye,
   * where they are zero vectors that attention and means see. Only features of other programs have
   * such regions.
   */
  maskPadding: z.boolean().default(true),
  /**
   * Global image descriptor. `paper`: ReLU(W mean(raw regions)), Bazzani et al. 2018 eq. 4. `code`:
   * the mean of the projected regions, projected again.
   */
  global: z.enum(['none', 'paper', 'code']).default('code'),
  /** The global descriptor is the last of the regions that attention sees. */
  globalInMemory: z.boolean().default(true),
};

export type ImageSpec = z.infer<z.ZodObject<typeof imageOptions>>;
