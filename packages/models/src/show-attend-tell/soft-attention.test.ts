import { describeFamily } from '../testing/describe-family.js';

const soft = (options: object) => ({
  decoder: 'show-attend-tell',
  attentionHidden: 8,
  ...options,
});

/** The variant of a well-known PyTorch port. */
const port = soft({
  startState: 'linear',
  scoreActivation: 'relu',
  betaGate: 'vector',
  firstWord: 'begin',
  deepOutput: false,
  doublyStochastic: { weight: 1, over: 'mean' },
  dropout: 0,
});

describeFamily('Show, Attend and Tell', {
  cases: [
    { name: 'as published', model: soft({}) },
    { name: 'as the PyTorch port', model: port },
    {
      name: 'projected regions, one-layer start, no gate, weight norm',
      model: soft({
        projectsRegions: true,
        global: 'paper',
        startState: 'tanh',
        betaGate: 'none',
        weightNorm: true,
        doublyStochastic: { weight: 0 },
      }),
    },
    {
      // Then it is soft attention, and the gradients of the entropy and of the rest are exact.
      name: 'hard attention, never sampled',
      model: soft({
        locations: 'hard',
        hard: { sampledShare: 0, entropyWeight: 0.5, inverseTemperature: 2 },
      }),
    },
  ],
  overfit: [
    {
      name: 'deep output',
      model: soft({ dropout: 0, doublyStochastic: { weight: 0 } }),
      steps: 110,
      learningRate: 0.02,
    },
    {
      name: 'as the PyTorch port',
      model: { ...port, doublyStochastic: { weight: 0 } },
      steps: 110,
      learningRate: 0.02,
    },
  ],
});
