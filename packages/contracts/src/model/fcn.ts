/** Fully convolutional decoder (Bazzani et al. 2018; Gehring et al. 2017). */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

export const FcnSpec = z
  .strictObject({
    decoder: z.literal('fcn'),
    /** Width of the blocks and of the projected regions. */
    hidden: z.int().min(8).max(4096).default(512),
    /** Width of the word embedding. */
    embed: z.int().min(8).max(4096).default(512),
    /** Blocks of convolution and attention. */
    layers: z.int().min(1).max(20).default(1),
    /** Words that a convolution sees: this one and those before it. */
    kernel: z.int().min(2).max(15).default(5),
    /** After the convolution. `glu`: half of it, gated by the other half. `softrelu`: log(1 + e^x). */
    activation: z.enum(['glu', 'relu', 'sigmoid', 'tanh', 'softrelu']).default('glu'),
    /** Attention of projected queries, keys and values, scaled by 1 / sqrt(hidden), instead of plain dot. */
    projectQkv: z.boolean().default(false),
    /** `learned`: a table. `fixed`: sinusoids scaled by 1 / sqrt(embed). Words are not scaled. */
    positions: z.enum(['fixed', 'learned']).default('learned'),
    /** Dropout on what each convolution reads. */
    dropout: z.number().min(0).lt(1).default(0),
    ...imageOptions,
    ...outputOptions,
  })
  .superRefine((spec, context) => {
    refuseUnequalTie(spec, context);
    const { embed, positions } = spec;
    if (positions === 'learned' || embed % 2 === 0) return;
    context.addIssue({
      code: 'custom',
      path: ['embed'],
      input: embed,
      message: 'must be even with fixed positions, one half is sines, the other cosines',
    });
  });
export type FcnSpec = z.infer<typeof FcnSpec>;
