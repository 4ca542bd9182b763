/** Show, Attend and Tell (Xu et al. 2015), with soft or hard attention. */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

const Width = z.int().min(8).max(4096);
const Weight = z.number().min(0).max(1000);

/**
 * Xu et al. 2015, section 4.1, with the constants of the authors' code (arctic-captions). There the
 * likelihood is a mean over the batch, but the gradients of `rewardWeight` and `entropyWeight` are sums
 * over it: in effect both are larger there by the size of the batch, for batches of 64 as 6.4 and 0.128
 * are here, where all terms are divided alike.
 */
const HardAttention = z.strictObject({
  /** Share of minibatches with sampled locations; the others take the expectation. */
  sampledShare: z.number().min(0).max(1).default(0.5),
  /** lambda_r, times the batch size of arctic-captions: weight of (cost - baseline) on the gradient of the sampled locations. */
  rewardWeight: Weight.default(0.1),
  /** lambda_e, times the batch size of arctic-captions: weight of the entropy of the locations. */
  entropyWeight: Weight.default(0.002),
  /** What the moving baseline keeps of itself at each update. */
  baselineDecay: z.number().min(0).lt(1).default(0.9),
  /** Of a caption: the mean over its words (arctic-captions) or their sum (the paper). */
  cost: z.enum(['mean', 'sum']).default('mean'),
  /** Scores are multiplied by this before the softmax. */
  inverseTemperature: z.number().gt(0).max(1000).default(1),
  /** In validation and decoding: the expected context or the likeliest location's. */
  atTest: z.enum(['expectation', 'argmax']).default('expectation'),
});

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
    /** Soft: the expected context. Hard: that of one sampled region. */
    locations: z.enum(['soft', 'hard']).default('soft'),
    /** Ignored by soft attention. */
    hard: HardAttention.prefault({}),
    ...outputOptions,
    /** On the hidden layer of the start state, the LSTM's state before the output, the deep output. */
    dropout: z.number().min(0).lt(1).default(0.5),
  })
  .superRefine((spec, context) => {
    // The deep output is as wide as the embedding.
    if (!spec.deepOutput) refuseUnequalTie(spec, context);
  });
export type ShowAttendTellSpec = z.infer<typeof ShowAttendTellSpec>;
