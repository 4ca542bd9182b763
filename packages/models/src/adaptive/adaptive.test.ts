import { describeFamily } from '../testing/describe-family.js';

const adaptive = (options: object) => ({ decoder: 'adaptive', attentionHidden: 8, ...options });

describeFamily('Adaptive attention', {
  cases: [
    { name: 'sentinel', model: adaptive({}) },
    { name: 'spatial, weight norm', model: adaptive({ sentinel: false, weightNorm: true }) },
    {
      name: 'sentinel, global of the code beside the regions',
      model: adaptive({ global: 'code', globalInMemory: true, dropout: 0 }),
    },
    { name: 'sentinel, no global', model: adaptive({ global: 'none', dropout: 0.2 }) },
  ],
  overfit: [true, false].map((sentinel) => ({
    name: sentinel ? 'sentinel' : 'spatial',
    model: adaptive({ sentinel, dropout: 0 }),
    steps: 170,
    learningRate: 0.02,
  })),
});
