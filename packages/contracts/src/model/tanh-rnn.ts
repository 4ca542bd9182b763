/** A plain tanh RNN that meets the image in the output sum only. */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { locationOptions } from './location-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

export const TanhRnnSpec = z
  .strictObject({
    decoder: z.literal('tanh-rnn'),
    /** Width of the state and, with attention, of the projected regions. */
    hidden: z.int().min(8).max(4096).default(512),
    /** Width of the word embedding. */
    embed: z.int().min(8).max(4096).default(512),
    attention: z
      .strictObject({
        /** `none`: the output sees the mean of the raw regions. `dot`: a weighted sum of projected ones. */
        kind: z.enum(['none', 'dot']).default('none'),
        /** Divide the scores of `dot` by sqrt(hidden). */
        isScaled: z.boolean().default(false),
      })
      .prefault({}),
    /** Of `dot`. */
    ...locationOptions,
    ...imageOptions,
    /** Only `dot` reads it, as a region more. */
    global: imageOptions.global.unwrap().default('none'),
    ...outputOptions,
    /** Dropout on the state before the output layer. */
    dropout: z.number().min(0).lt(1).default(0),
  })
  .superRefine((spec, context) => {
    refuseUnequalTie(spec, context);
    if (spec.attention.kind === 'none' && spec.locations === 'hard') {
      const message = 'attention "none" looks at no region; choose "dot" or leave this "soft"';
      context.addIssue({ code: 'custom', path: ['locations'], input: 'hard', message });
    }
  });
export type TanhRnnSpec = z.infer<typeof TanhRnnSpec>;
