import { describeFamily } from '../testing/describe-family.js';

const attention = (kind: string, isScaled = false) => ({ attention: { kind, heads: 2, isScaled } });
const kinds = ['none', 'dot', 'multihead', 'mlp'];

describeFamily('ARNN', {
  cases: [
    ...kinds.map((kind) => ({ name: kind, model: attention(kind) })),
    { name: 'weight norm and dropout', model: { weightNorm: true, dropout: 0.3 } },
    { name: 'scaled dot, paper global', model: { ...attention('dot', true), global: 'paper' } },
    { name: 'no global, no concatenation', model: { global: 'none', concatGlobal: false } },
    { name: 'global beside the regions only', model: { globalInMemory: false } },
  ],
  overfit: kinds.map((kind) => ({
    name: kind,
    model: { attention: { kind, heads: 4 }, weightNorm: true },
    steps: kind === 'none' ? 400 : 240,
    learningRate: 0.02,
  })),
});
