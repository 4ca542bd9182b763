/** Show, Attend and Tell (Xu et al. 2015), with soft or hard attention. */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { locationOptions } from './location-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

const Width = z.int().min(8).max(4096);
const Weight = z.number().min(0).max(1000);

export const ShowAttendTellSpec = z
  .strictObject({
    decoder: z.literal('show-attend-tell'),
    /** Width of the LSTM; 1800 in the authors' COCO model. */
    hidden: Width.default(512),
    /** Width of the word embedding and of the deep output. */
    embed: Width.default(512),
    /** Width inside the attention score. */
    attentionHidden: Width.default(512),
    ...imageOptions,
    global: imageOptions.global.default('none'),
    /**
     * False: the raw regions, as published; `global`, `globalInMemory` and `regionNorm` are not read then.
     * True: ReLU(W a), `hidden` wide.
     */
    projectsRegions: z.boolean().default(false),
    /**
     * h_0 and c_0 from the mean region: `linear` (W m + b), `tanh` of it, or `mlp`, with one hidden ReLU
     * layer as wide as a region before it.
     */
    startState: z.enum(['mlp', 'tanh', 'linear']).default('mlp'),
    /** Inside the attention score. */
    scoreActivation: z.enum(['tanh', 'relu']).default('tanh'),
    /** beta, section 4.2.1: one number for the context (scalar) or one for each channel (vector). */
    betaGate: z.enum(['none', 'scalar', 'vector']).default('scalar'),
    /** The first input of the LSTM: zeros, or the embedding of the begin mark. */
    firstWord: z.enum(['zeros', 'begin']).default('zeros'),
    /** tanh(W_h h + E y + W_c context) before the vocabulary, eq. 7; false: h itself. */
    deepOutput: z.boolean().default(true),
    /** weight * sum over regions (or mean) of (1 - sum_t alpha_ti)^2, section 4.2.1. */
    doublyStochastic: z
      .strictObject({ weight: Weight.default(1), over: z.enum(['sum', 'mean']).default('sum') })
      .prefault({}),
    ...locationOptions,
    ...outputOptions,
    /** On the hidden layer of the start state, the LSTM's state before the output, the deep output. */
    dropout: z.number().min(0).lt(1).default(0.5),
  })
  .superRefine((spec, context) => {
    // The deep output is as wide as the embedding.
    if (!spec.deepOutput) refuseUnequalTie(spec, context);
  });
export type ShowAttendTellSpec = z.infer<typeof ShowAttendTellSpec>;
