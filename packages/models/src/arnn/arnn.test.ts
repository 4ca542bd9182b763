import { describeFamily } from '../testing/describe-family.js';

/** Regions wider than the state, which is 8. */
const imageHidden = 10;

/** Two heads for a tiny model, and two numbers where coverage keeps more than a count. */
const attention = (kind: string, options: object = {}) => ({
  attention: { kind, heads: 2, coverageWidth: 2, ...options },
});

describeFamily('ARNN', {
  cases: [
    ...['none', 'dot', 'mlp'].map((kind) => ({ name: kind, model: attention(kind) })),
    {
      name: 'multihead with its output projection',
      model: { ...attention('multihead', { outputProjection: true }), imageHidden },
    },
    {
      name: 'projected and scaled dot, paper global',
      model: {
        ...attention('dot', { isScaled: true, usePreviousWord: true }),
        global: 'paper',
        concatGlobal: false,
        imageHidden,
      },
    },
    {
      name: 'the last cell of the grid, no concatenation',
      model: { ...attention('none'), global: 'none', concatGlobal: false },
    },
    {
      name: 'three GRU layers with residuals, bilinear, state from the mean',
      model: {
        ...attention('bilinear'),
        cell: 'gru',
        layers: 3,
        residual: true,
        initialState: 'mean',
        imageHidden,
        stateDropout: 0.3,
      },
    },
    {
      name: 'two GRU layers with layer norm, state from the last region',
      model: {
        ...attention('mlp'),
        cell: 'layer-norm-gru',
        layers: 2,
        initialState: 'last',
        inputDropout: 0.3,
        stateDropout: 0.3,
      },
    },
    {
      name: 'layer norm everywhere, attention below, previous word in the query',
      model: {
        ...attention('mlp', { usePreviousWord: true }),
        cell: 'layer-norm-lstm',
        layers: 2,
        residual: true,
        layerNorm: true,
        attentionInUpperLayers: true,
        initialState: 'last',
        forgetBias: 1,
        imageHidden,
        embeddingDropout: 0.3,
        recurrentDropout: 0.3,
      },
    },
    {
      name: 'two LSTM layers, location, context gate, no input feeding',
      model: {
        ...attention('location'),
        layers: 2,
        inputFeeding: false,
        contextGate: true,
        dropout: 0.2,
        inputDropout: 0.3,
        recurrentDropout: 0.3,
        global: 'none',
        imageHidden,
      },
      hasFixedRegions: true,
    },
    {
      name: 'coverage by counting with wide scores, weight norm, dropout',
      model: { ...attention('coverage', { hidden: 10 }), weightNorm: true, dropout: 0.3 },
    },
    {
      name: 'coverage by a perceptron, layer norm',
      model: { ...attention('coverage', { coverage: 'tanh' }), layerNorm: true },
    },
    {
      name: 'coverage by a GRU, global beside the regions only',
      model: {
        ...attention('coverage', { coverage: 'gru' }),
        globalInMemory: false,
        imageHidden,
      },
    },
  ],
  overfit: [
    ...['none', 'mlp'].map((kind) => ({
      name: kind,
      model: { attention: { kind }, weightNorm: true },
      steps: kind === 'none' ? 400 : 240,
      learningRate: 0.02,
    })),
    {
      name: 'two GRU layers with coverage',
      model: { ...attention('coverage'), cell: 'gru', layers: 2, residual: true },
      steps: 120,
      learningRate: 0.02,
    },
  ],
});
