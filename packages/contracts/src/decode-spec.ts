/** How captions are decoded from trained weights. Changing it never needs another training. */
import { z } from 'zod';

export const SPLITS = ['train', 'val', 'test'] as const;
export const Split = z.enum(SPLITS).meta({ id: 'Split' });
export type Split = z.infer<typeof Split>;

export const DecodeSpec = z
  .strictObject({
    split: Split.default('test'),
    /** Beam size; 1 is greedy. */
    beam: z.int().min(1).max(100).default(5),
    /**
     * When scores are divided by the length. `per_step`: all hypotheses at every step (sockeye up
     * to 1.18.8). `on_finish`: once, when a hypothesis ends (sockeye from 1.18.9). `sum`: never.
     */
    norm: z.enum(['per_step', 'on_finish', 'sum']).default('per_step'),
    /** LP(n) = (beta + n)^alpha / (beta + 1)^alpha (Wu et al. 2016). */
    lengthPenalty: z
      .strictObject({ alpha: z.number().min(0).default(1), beta: z.number().min(0).default(0) })
      .prefault({}),
    /** Captions are cut after this many words. */
    maxWords: z.int().min(1).max(200).default(30),
  })
  .meta({ id: 'DecodeSpec' });
export type DecodeSpec = z.infer<typeof DecodeSpec>;
