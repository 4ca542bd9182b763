/** Self-attentive transformer decoder (Bazzani et al. 2018; Vaswani et al. 2017). */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions } from './output-options.js';

/** Each letter at most once: a part of a block has one layer norm, one residual, one dropout. */
function sequenceOf(letters: string) {
  return z
    .string()
    .regex(
      new RegExp(`^(?:([${letters}])(?!.*\\1))*$`),
      `expected some of the letters ${Array.from(letters).join(', ')}, each at most once (or '' for none)`,
    );
}

export const SatSpec = z
  .strictObject({
    decoder: z.literal('sat'),
    /** Width of the words and everything between the blocks. */
    hidden: z.int().min(8).max(4096).default(512),
    /** Width of the projected regions and the global descriptor; null: `hidden`. */
    imageHidden: z.int().min(8).max(4096).nullable().default(null),
    /** Blocks of self-attention, attention over the regions and feed-forward network. */
    layers: z.int().min(1).max(6).default(1),
    /** Heads of both attentions; must divide `hidden`. */
    heads: z.int().min(1).max(64).default(8),
    /** Inner width of the feed-forward network. */
    feedForward: z.int().min(8).max(16_384).default(2048),
    /**
     * What happens before each part of a block, and once before the output: n layer norm, d dropout.
     * None in the paper's time; `n` in sockeye from 1.18.11.
     */
    preprocess: sequenceOf('nd').default(''),
    /** What happens after each part of a block: n layer norm, r residual, d dropout. */
    postprocess: sequenceOf('nrd').default('drn'),
    /** `fixed`: sinusoids, with the words scaled by sqrt(hidden). `learned`: a table, added as it is. */
    positions: z.enum(['fixed', 'learned']).default('fixed'),
    /** Dropout at each d of the sequences and on the placed words. */
    dropout: z.number().min(0).lt(1).default(0),
    /** Dropout on the weights of both attentions. */
    attentionDropout: z.number().min(0).lt(1).default(0),
    /** Dropout inside the feed-forward network, after the ReLU. */
    activationDropout: z.number().min(0).lt(1).default(0),
    ...imageOptions,
    ...outputOptions,
  })
  .superRefine(({ hidden, heads, positions }, context) => {
    if (hidden % heads !== 0) {
      context.addIssue({
        code: 'custom',
        path: ['heads'],
        input: heads,
        message: `model.hidden (${hidden}) must be a multiple of model.heads (${heads})`,
      });
    }
    if (positions === 'fixed' && hidden % 2 !== 0) {
      context.addIssue({
        code: 'custom',
        path: ['hidden'],
        input: hidden,
        message: 'must be even with fixed positions, one half is sines, the other cosines',
      });
    }
  });
export type SatSpec = z.infer<typeof SatSpec>;
