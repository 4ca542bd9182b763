/** How every neural decoder reads the regions of an image. */
import { z } from 'zod';

/** For spreading into the spec of a decoder. */
export const imageOptions = {
  /**
   * Global image descriptor. `paper`: ReLU(W mean(raw regions)), Bazzani et al. 2018 eq. 4. `code`:
   * the mean of the projected regions, projected again.
   */
  global: z.enum(['none', 'paper', 'code']).default('code'),
  /** The global descriptor is the last of the regions that attention sees. */
  globalInMemory: z.boolean().default(true),
};

export type ImageSpec = z.infer<z.ZodObject<typeof imageOptions>>;
