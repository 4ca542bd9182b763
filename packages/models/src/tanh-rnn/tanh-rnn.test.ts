import { describeFamily } from '../testing/describe-family.js';

const tanhRnn = (options: object = {}) => ({
  decoder: 'tanh-rnn',
  attention: { kind: 'none' },
  ...options,
});
const dot = (isScaled: boolean) => ({ attention: { kind: 'dot', isScaled } });

describeFamily('tanh RNN', {
  cases: [
    { name: 'mean region', model: tanhRnn() },
    {
      name: 'mean region, weight norm and dropout',
      model: tanhRnn({ weightNorm: true, dropout: 0.3, embed: 12 }),
    },
    { name: 'dot', model: tanhRnn(dot(false)) },
    {
      name: 'scaled dot, global descriptor, weight norm and dropout',
      model: tanhRnn({ ...dot(true), global: 'paper', weightNorm: true, dropout: 0.3 }),
    },
    {
      // Then it is soft attention, and the gradients of the entropy and of the rest are exact.
      name: 'hard attention, never sampled',
      model: tanhRnn({
        ...dot(true),
        locations: 'hard',
        hard: { sampledShare: 0, entropyWeight: 0.5, inverseTemperature: 2 },
      }),
    },
  ],
  overfit: [
    {
      // The means of the images are too close to each other as they are.
      name: 'mean region',
      model: tanhRnn({ featureNorm: 'batchnorm' }),
      steps: 400,
      learningRate: 0.1,
    },
    {
      name: 'dot',
      model: tanhRnn({ ...dot(false), weightNorm: true }),
      steps: 240,
      learningRate: 0.02,
    },
  ],
});

describeFamily('tanh RNN with hard attention', {
  hasExactGradient: false,
  cases: [
    {
      name: 'always sampled, likeliest region',
      model: tanhRnn({
        ...dot(false),
        global: 'code',
        locations: 'hard',
        hard: { sampledShare: 1, atTest: 'argmax' },
      }),
    },
  ],
  overfit: [
    {
      name: 'a tenth of the batches sampled',
      model: tanhRnn({
        ...dot(false),
        weightNorm: true,
        locations: 'hard',
        hard: { sampledShare: 0.1 },
      }),
      steps: 500,
      learningRate: 0.02,
    },
  ],
});
