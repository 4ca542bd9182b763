/** Show and Tell (Vinyals et al. 2015): the image is the first input of an LSTM. */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

export const NicSpec = z
  .strictObject({
    decoder: z.literal('nic'),
    /** Width of the LSTM states. */
    hidden: z.int().min(8).max(4096).default(512),
    /** Width of the word embedding and of the image that comes before the words. */
    embed: z.int().min(8).max(4096).default(512),
    /** LSTM layers, one on top of the other. */
    layers: z.int().min(1).max(8).default(1),
    /** From the mean of the raw regions to the first input. */
    head: z
      .strictObject({
        /** `linear`: one layer. `mlp`: two layers with PReLU and dropout between them. */
        kind: z.enum(['linear', 'mlp']).default('linear'),
        /** Width between the layers of `mlp`. Ignored by `linear`. */
        hidden: z.int().min(8).max(4096).default(1024),
        /** Dropout between the layers of `mlp`. Ignored by `linear`. */
        dropout: z.number().min(0).lt(1).default(0),
        /** Batch normalisation of the first input, with moving averages for decoding. */
        batchNorm: z.boolean().default(false),
      })
      .prefault({}),
    /** What the output at the image is trained for: nothing, or the begin mark, without label smoothing. */
    imageTarget: z.enum(['none', 'begin']).default('none'),
    /** Its global descriptor and the normalisation of projected regions are not read. */
    ...imageOptions,
    ...outputOptions,
    /** Dropout on the inputs and the outputs of every LSTM layer, not on what it keeps. */
    dropout: z.number().min(0).lt(1).default(0),
  })
  .superRefine(refuseUnequalTie);
export type NicSpec = z.infer<typeof NicSpec>;
