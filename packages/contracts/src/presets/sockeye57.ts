/**
 * Sockeye 1.18.57, the version that the paper's code was published with: what its captioning tutorial
 * sets, and else the defaults of 1.18.11 and later. Each value says which of the two it is from. The
 * tutorial sets a batch of 64 and a threshold for clipping, but neither the type of the batch nor that
 * of clipping: word by word it would take 64 words an update and clip nothing.
 */
import type { Preset } from './preset.js';

/** Alike in the three decoders. */
const EVERY_DECODER = {
  // The option that takes the global descriptor away adds it, and the tutorial leaves it out.
  global: 'none',
  featureNorm: 'none', // default, and the only choice
  regionNorm: 'none', // default, and the only choice
  maskPadding: false, // default, and the only choice
  weightNorm: true, // tutorial
  tieEmbedding: false, // default
  init: 'xavier-average', // default: uniform, magnitude 3
} as const;

export const SOCKEYE57: Preset = {
  data: {
    minCount: 1, // default
    maxWords: 60, // tutorial
  },
  model: {
    arnn: {
      ...EVERY_DECODER,
      hidden: 512, // tutorial
      layers: 1, // tutorial, in words: a one-layer LSTM; the default is 6
      embed: 512, // default
      cell: 'lstm', // default
      forgetBias: 0, // default
      residual: false, // default
      initialState: 'zero', // tutorial
      inputFeeding: true, // default
      attention: { kind: 'mlp', isScaled: false, heads: 8 }, // default
      contextGate: false, // default
      layerNorm: false, // default
      concatGlobal: false, // default
      embeddingDropout: 0, // default
      dropout: 0.2, // default
    },
    sat: {
      ...EVERY_DECODER,
      hidden: 512, // default
      layers: 6, // default
      heads: 8, // default
      feedForward: 2048, // default
      preprocess: 'n', // default
      postprocess: 'dr', // default
      positions: 'fixed', // default
      dropout: 0.1, // default
      attentionDropout: 0.1, // default
      activationDropout: 0.1, // default
    },
    fcn: {
      ...EVERY_DECODER,
      hidden: 512, // default
      layers: 6, // default
      embed: 512, // default
      kernel: 3, // default
      activation: 'glu', // default
      projectQkv: false, // default
      positions: 'learned', // default
      dropout: 0.2, // default
    },
  },
  optimizer: {
    kind: 'adam', // default
    learningRate: 0.0003, // tutorial
    beta1: 0.9, // default
    beta2: 0.999, // default
    epsilon: 1e-8, // default
    clip: { kind: 'none' }, // default
  },
  schedule: {
    batchWords: 4096, // default
    bucketWidth: 5, // tutorial
    fillUp: 'replicate', // default, but here in training alone
    maxEpochs: 100, // neither: sockeye ends by `stopAfter` alone
    checkpointEvery: 200, // tutorial
    warmupSteps: 0, // default
    plateau: { factor: 0.7, patience: 8, weights: 'keep', moments: 'keep' }, // default
    stopAfter: 32, // default
    averageCheckpoints: 1, // default
    labelSmoothing: 0.1, // default
    lossNormalisation: 'words', // default
  },
  decode: {
    beam: 3, // tutorial
    norm: 'on_finish', // from 1.18.9
    lengthPenalty: { alpha: 1, beta: 0 }, // default
    divisor: 'words', // since July 2018
    stop: 'all', // default
    prune: 0, // default
    maxWords: 59, // tutorial: a maximum output length of 60, which runs one step less
  },
};
