import { describeFamily } from '../testing/describe-family.js';

/** `heads` of a tiny model; coverage keeps two numbers where it keeps more than a count. */
const attention = (kind: string, options: object = {}) => ({
  attention: { kind, heads: 2, coverageWidth: 2, ...options },
});
const kinds = ['none', 'dot', 'multihead', 'mlp'];

describeFamily('ARNN', {
  cases: [
    ...kinds.map((kind) => ({ name: kind, model: attention(kind) })),
    { name: 'weight norm and dropout', model: { weightNorm: true, dropout: 0.3 } },
    {
      name: 'scaled dot, paper global',
      model: { ...attention('dot', { isScaled: true }), global: 'paper' },
    },
    { name: 'no global, no concatenation', model: { global: 'none', concatGlobal: false } },
    { name: 'global beside the regions only', model: { globalInMemory: false } },
    {
      name: 'three GRU layers with residuals, bilinear, state from the mean',
      model: {
        ...attention('bilinear'),
        cell: 'gru',
        layers: 3,
        residual: true,
        initialState: 'mean',
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
        embeddingDropout: 0.3,
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
        global: 'none',
      },
      hasFixedRegions: true,
    },
    {
      name: 'projected dot',
      model: { ...attention('dot', { usePreviousWord: true }), concatGlobal: false },
    },
    { name: 'fixed on the last cell of the grid', model: { ...attention('none'), global: 'none' } },
    { name: 'coverage by counting', model: attention('coverage') },
    {
      name: 'coverage by a perceptron, layer norm',
      model: { ...attention('coverage', { coverage: 'tanh' }), layerNorm: true },
    },
    {
      name: 'coverage by a GRU',
      model: { ...attention('coverage', { coverage: 'gru' }), globalInMemory: false },
    },
  ],
  overfit: kinds.map((kind) => ({
    name: kind,
    model: { attention: { kind, heads: 4 }, weightNorm: true },
    steps: kind === 'none' ? 400 : 240,
    learningRate: 0.02,
  })),
});
