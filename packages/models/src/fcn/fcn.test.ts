import { describeFamily } from '../testing/describe-family.js';

const small = { decoder: 'fcn', kernel: 3 };

describeFamily('FCN', {
  cases: [
    { name: 'gated, plain dot, learned positions', model: { ...small, dropout: 0.2 } },
    {
      name: 'projected attention, fixed positions, weight norm, two layers',
      model: {
        ...small,
        projectQkv: true,
        positions: 'fixed',
        weightNorm: true,
        layers: 2,
        dropout: 0.1,
      },
    },
    {
      name: 'relu, words narrower than the blocks, paper global',
      model: { ...small, activation: 'relu', hidden: 10, kernel: 5, global: 'paper' },
    },
    { name: 'sigmoid, kernel 2', model: { ...small, activation: 'sigmoid', kernel: 2 } },
    { name: 'tanh, no global', model: { ...small, activation: 'tanh', global: 'none' } },
    { name: 'softrelu', model: { ...small, activation: 'softrelu', layers: 2 } },
  ],
  overfit: [
    { name: 'plain dot', model: small, steps: 140, learningRate: 0.01 },
    {
      name: 'projected attention, fixed positions, weight norm',
      model: { ...small, projectQkv: true, positions: 'fixed', weightNorm: true },
      steps: 140,
      learningRate: 0.01,
    },
  ],
});
