import { describeFamily } from '../testing/describe-family.js';

const hard = (options: object, others: object = {}) => ({
  decoder: 'show-attend-tell',
  attentionHidden: 8,
  locations: 'hard',
  hard: options,
  ...others,
});

describeFamily('Show, Attend and Tell with hard attention', {
  hasExactGradient: false,
  cases: [
    { name: 'as published', model: hard({}) },
    {
      name: 'always sampled, likeliest region',
      model: hard({ sampledShare: 1, atTest: 'argmax' }),
    },
  ],
  overfit: [
    {
      name: 'a quarter of the batches sampled',
      model: hard(
        { sampledShare: 0.25 },
        { dropout: 0, betaGate: 'none', deepOutput: false, doublyStochastic: { weight: 0 } },
      ),
      steps: 300,
      learningRate: 0.02,
    },
  ],
});
