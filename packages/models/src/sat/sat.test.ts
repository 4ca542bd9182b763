import { describeFamily } from '../testing/describe-family.js';

const small = { decoder: 'sat', heads: 2, feedForward: 16 };

describeFamily('SAT', {
  cases: [
    { name: 'after each part dropout, residual, norm', model: { ...small, dropout: 0.2 } },
    {
      name: 'norm before each part, two layers, weight norm',
      model: { ...small, preprocess: 'n', postprocess: 'dr', layers: 2, weightNorm: true },
    },
    {
      name: 'learned positions, every dropout, paper global, wider regions',
      model: {
        ...small,
        preprocess: 'nd',
        postprocess: 'dr',
        positions: 'learned',
        dropout: 0.1,
        attentionDropout: 0.3,
        activationDropout: 0.3,
        global: 'paper',
        imageHidden: 12,
      },
    },
    {
      name: 'one head, no norm, no global',
      model: { ...small, heads: 1, postprocess: 'r', global: 'none', attentionDropout: 0.2 },
    },
  ],
  overfit: [
    { name: 'norm after the parts', model: small, steps: 100, learningRate: 0.01 },
    {
      name: 'norm before the parts, learned positions',
      model: { ...small, preprocess: 'n', postprocess: 'dr', positions: 'learned' },
      steps: 160,
      learningRate: 0.01,
    },
  ],
});
