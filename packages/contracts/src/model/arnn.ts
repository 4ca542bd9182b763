/** Attentional RNN (Bazzani et al. 2018; Luong et al. 2015 input feeding). */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions } from './output-options.js';

/** Bazzani et al. 2018, section 3.2: how the decoder looks at the regions. */
export const ATTENTION_KINDS = ['none', 'dot', 'multihead', 'mlp'] as const;

export const ArnnSpec = z
  .strictObject({
    decoder: z.literal('arnn'),
    /** Width of the LSTM state, the projected regions and the attentional vector. */
    hidden: z.int().min(8).max(4096).default(512),
    /** Width of the word embedding. */
    embed: z.int().min(8).max(4096).default(512),
    attention: z
      .strictObject({
        kind: z.enum(ATTENTION_KINDS).default('mlp'),
        /** Heads of `multihead`; must divide `hidden`. Ignored by the other kinds. */
        heads: z.int().min(1).max(64).default(8),
        /** Divide the scores of `dot` by sqrt(hidden). Ignored by the other kinds. */
        isScaled: z.boolean().default(false),
      })
      .prefault({}),
    ...imageOptions,
    /** Concatenate the global descriptor (without one in memory: the last region) to each word. */
    concatGlobal: z.boolean().default(true),
    ...outputOptions,
    /** Dropout on [h; context] before the attentional vector. */
    dropout: z.number().min(0).max(1).default(0),
  })
  .superRefine(({ attention, hidden }, context) => {
    if (attention.kind !== 'multihead' || hidden % attention.heads === 0) return;
    context.addIssue({
      code: 'custom',
      path: ['attention', 'heads'],
      input: attention.heads,
      message: `model.hidden (${hidden}) must be a multiple of the heads`,
    });
  });
export type ArnnSpec = z.infer<typeof ArnnSpec>;
