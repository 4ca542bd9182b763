/**
 * Bazzani, Domhan & Hieber 2018 ("Image Captioning as Neural Machine Translation Task in SOCKEYE") as
 * the text has it, and where the text is silent the defaults of sockeye up to 1.18.10, which the text
 * agrees with. Each value says which of the two it is from. Not known, and so these defaults: the
 * dialect of the beam search, depth and kernel of the FCN, the interval of checkpoints.
 */
import type { Preset } from './preset.js';

/** Alike in the three decoders. */
const EVERY_DECODER = {
  hidden: 512, // text
  featureNorm: 'none', // text
  regionNorm: 'none', // text
  maskPadding: true, // neither: its code lets attention see the padding of detectors
  global: 'paper', // text, eq. 4
  globalInMemory: true, // text: one more vector in V
  weightNorm: false, // default; the text adds it in Table 3
  tieEmbedding: false, // default
  init: 'xavier-in', // default: uniform, magnitude 2.34 over the fan-in
  layers: 1, // default; the text calls two layers of SAT the deep variant
} as const;

export const PAPER: Preset = {
  data: {
    minCount: 1, // text: a threshold (5) for Flickr30k only
    maxWords: 100, // default
  },
  model: {
    arnn: {
      ...EVERY_DECODER,
      embed: 512, // default
      cell: 'lstm', // text
      forgetBias: 0, // default
      residual: false, // default
      initialState: 'last', // default
      inputFeeding: true, // text
      attention: { kind: 'mlp', isScaled: false, heads: 8 }, // text; unscaled by default
      contextGate: false, // default
      layerNorm: false, // default
      concatGlobal: false, // text: added in Table 3
      embeddingDropout: 0, // default
      dropout: 0, // default
    },
    sat: {
      ...EVERY_DECODER,
      heads: 8, // text
      feedForward: 2048, // default
      preprocess: '', // default
      postprocess: 'drn', // text: dropout, residual connection, layer normalisation
      positions: 'fixed', // default
      dropout: 0, // default
      attentionDropout: 0, // default
      activationDropout: 0, // default
    },
    fcn: {
      ...EVERY_DECODER,
      embed: 512, // default
      kernel: 5, // default
      activation: 'glu', // text
      projectQkv: false, // default; the text describes projected attention
      positions: 'learned', // default
      dropout: 0, // default
    },
  },
  optimizer: {
    kind: 'adam', // text
    learningRate: 0.0003, // text, beside 0.0005
    beta1: 0.9, // default
    beta2: 0.999, // default
    epsilon: 1e-8, // default
    clip: { kind: 'element', value: 1 }, // text: absolute value 1
  },
  schedule: {
    batchSize: 64, // text, in sentences
    batchWords: null, // text
    bucketWidth: 10, // default
    fillUp: 'replicate', // default, but here in training alone
    maxEpochs: 100, // neither: sockeye ends by `stopAfter` alone
    checkpointEvery: 1000, // default
    warmupSteps: 0, // default
    plateau: { factor: 0.9, patience: 3, weights: 'keep', moments: 'keep' }, // text; default
    stopAfter: 8, // default
    averageCheckpoints: 1, // default
    labelSmoothing: 0, // default
    lossNormalisation: 'words', // default
  },
  decode: {
    beam: 5, // default; Table 3 adds a beam of 3
    norm: 'per_step', // up to 1.18.8
    lengthPenalty: { alpha: 1, beta: 0 }, // default
    stop: 'all', // default
    prune: 0, // default
    maxWords: 59, // neither: the tutorial's 60, which runs one step less
  },
};
