/** Adaptive attention with a visual sentinel (Lu et al. 2017). */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

const Width = z.int().min(8).max(4096);

export const AdaptiveSpec = z
  .strictObject({
    decoder: z.literal('adaptive'),
    /** Width of the LSTM and of the projected regions. */
    hidden: Width.default(512),
    /** Width of the word embedding. */
    embed: Width.default(512),
    /** Width inside the attention score: as many as regions (49) in the paper, 512 in its code. */
    attentionHidden: Width.default(512),
    /** False: the paper's "Spatial" model. */
    sentinel: z.boolean().default(true),
    ...imageOptions,
    /** `none` also leaves v_g out of the LSTM's input. */
    global: imageOptions.global.default('paper'),
    globalInMemory: imageOptions.globalInMemory.default(false),
    ...outputOptions,
    /** On the sum of context and state before the vocabulary. */
    dropout: z.number().min(0).lt(1).default(0.5),
  })
  .superRefine(refuseUnequalTie);
export type AdaptiveSpec = z.infer<typeof AdaptiveSpec>;
