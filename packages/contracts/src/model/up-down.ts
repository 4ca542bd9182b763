/** Bottom-up and top-down attention (Anderson et al. 2018): one LSTM attends, another writes. */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

const Width = z.int().min(8).max(4096);

export const UpDownSpec = z
  .strictObject({
    decoder: z.literal('up-down'),
    /** Width of both LSTMs. */
    hidden: Width.default(1000),
    /** Width of the word embedding. */
    embed: Width.default(1000),
    /** Width inside the attention score. */
    attentionHidden: Width.default(512),
    ...imageOptions,
    /** With raw regions `paper` and `code` are their mean; `none` leaves it out of the LSTM's input. */
    global: imageOptions.global.default('paper'),
    globalInMemory: imageOptions.globalInMemory.default(false),
    /**
     * False: the raw regions, as published; `regionNorm` is not read then. True: ReLU(W v), `hidden`
     * wide, with dropout, as in self-critical.pytorch.
     */
    projectsRegions: z.boolean().default(false),
    ...outputOptions,
    /** On projected regions and their global descriptor, and on the language LSTM's state before the vocabulary. */
    dropout: z.number().min(0).lt(1).default(0),
  })
  .superRefine(refuseUnequalTie);
export type UpDownSpec = z.infer<typeof UpDownSpec>;
